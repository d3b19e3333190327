"""Evaluating a checkpoint: likelihoods of what people said, and responses of its own.

Source: Liu et al. 2021, §6.2 and §6.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from corpus.labels import STRATEGIES
from modeling.corpus_file import CorpusFile
from modeling.domain.perplexity import perplexity
from modeling.domain.pieces import Piece, cut_all, require_strategies
from modeling.domain.results import Evaluation, PieceResult, SaidBefore
from modeling.domain.runfile import Run
from modeling.domain.splits import Part
from modeling.domain.variants import Variant
from modeling.errors import CheckpointUnusable, EmptySplit
from modeling.neural.backbones import Backbone
from modeling.neural.checkpoints import load_checkpoint
from modeling.neural.encoding import Codec, Example, encode_piece
from modeling.neural.generation import Request, Response, choose_strategies, respond_all
from modeling.neural.likelihood import PieceLikelihood, likelihoods
from modeling.neural.prompted import draw_strategy, strategy_logprobs
from modeling.neural.quantisation import accept_quantised, quantise
from modeling.neural.setup import evaluation_limit, make_codec

ALL = "all"
"""The part that is every conversation of the corpus given."""


@dataclass
class System:
    """A checkpoint as it is evaluated."""

    backbone: Backbone
    codec: Codec
    run: Run
    manifest: dict[str, Any]
    variant: Variant
    engine: str

    @property
    def pad(self) -> int:
        """The id that pads."""
        return int(self.backbone.tokenizer.pad_token_id)


def load_system(checkpoint: Path, variant: Variant, *, engine: str = "fp32") -> System:
    """Load a checkpoint to be evaluated as `variant`, with the numbers of `engine` (fp32 or int8).

    Raises:
        CheckpointUnusable: it was not trained for that variant, or cannot be loaded.
    """
    backbone, run, manifest = load_checkpoint(checkpoint)
    if variant.uses_strategies != run.uses_strategies:
        kind = "with strategies: evaluate it as joint, oracle or random" if run.uses_strategies else (
            "without strategies: evaluate it as vanilla"
        )  # fmt: skip
        raise CheckpointUnusable(f"The checkpoint {checkpoint} was trained {kind}.")
    codec = make_codec(run, backbone)
    return System(backbone=backbone, codec=codec, run=run, manifest=manifest, variant=variant, engine=engine)


def pieces_to_evaluate(
    system: System, corpus: CorpusFile, part: str, *, limit: int | None = None
) -> list[Piece]:
    """Return the part's pieces, the first `limit` of them where one is given.

    Raises:
        CheckpointUnusable: the split is of another corpus.
        EmptySplit: there is no piece.
        CorpusUnusable: the variant needs strategies and a piece has none.
    """
    indices: Sequence[int] | None = None
    if part != ALL:
        if corpus.sha256 != system.manifest["corpus"]["sha256"]:
            raise CheckpointUnusable(
                f"The checkpoint's split is of another file ({system.manifest['corpus']['name']}) than {corpus.name}; "
                "give that file, or evaluate on every conversation of this one with --split all."
            )
        indices = system.manifest["split"][Part(part).value]
    pieces = cut_all(corpus.conversations, indices=indices, limit=system.run.context_limit)[:limit]
    if not pieces:
        raise EmptySplit(f"The part {part} of {corpus.name} gives no piece to evaluate.")
    if system.variant.uses_strategies:
        require_strategies(pieces)
    return pieces


def evaluate(
    system: System,
    corpus: CorpusFile,
    part: str,
    *,
    seed: int,
    batch_size: int,
    limit: int | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Measure and generate; the batch size changes speed and memory, not the figures.

    Raises:
        ModelingError: the checkpoint and the corpus do not go together, or int8 is refused.
    """
    pieces = pieces_to_evaluate(system, corpus, part, limit=limit)
    target_limit = evaluation_limit(system.backbone, system.run)
    examples = [encode_piece(piece, system.codec, max_response_tokens=target_limit) for piece in pieces]
    on_progress(f"likelihood of {len(pieces)} responses")
    found = measure(system, examples, batch_size=batch_size)
    on_progress(f"generating {len(pieces)} responses")
    responses = generate(system, pieces, examples, found, seed=seed, batch_size=batch_size)
    return Evaluation(
        system=system.run.name,
        backbone=backbone_name(system.run),
        variant=system.variant.value,
        part=part,
        corpus_sha256=corpus.sha256,
        engine=system.engine,
        seed=seed,
        details=details_of(system),
        pieces=tuple(map(_result, pieces, found, responses)),
    )


def measure(system: System, examples: Sequence[Example], *, batch_size: int) -> list[PieceLikelihood]:
    """Return the examples' likelihoods with the system's engine, and the strategies' where they are text.

    With int8 the model is replaced by its int8 copy, once that has been found good enough.
    """
    found = _likelihoods(system, examples, batch_size=batch_size)
    if system.engine == "int8":
        reference = _perplexity(found)
        system.backbone = replace(system.backbone, model=quantise(system.backbone.model))
        found = _likelihoods(system, examples, batch_size=batch_size)
        accept_quantised(fp32_perplexity=reference, int8_perplexity=_perplexity(found))
    if system.variant.uses_strategies and not system.backbone.strategy_ids:
        sources = [example.source for example in examples]
        choices = strategy_logprobs(
            system.backbone.model, system.codec, sources, pad=system.pad, batch_size=batch_size
        )
        found = [replace(f, strategy_logprobs=c) for f, c in zip(found, choices, strict=True)]
    return found


def generate(
    system: System,
    pieces: Sequence[Piece],
    examples: Sequence[Example],
    found: Sequence[PieceLikelihood],
    *,
    seed: int,
    batch_size: int,
) -> list[Response]:
    """Return the system's own response to each piece."""
    seeds = [(seed, piece.conversation, piece.position) for piece in pieces]
    given = choose_strategies(
        system.variant,
        gold=[example.strategy for example in examples],
        proportions=system.manifest["strategy_proportions"],
        seeds=seeds,
    )
    as_text = system.variant.uses_strategies and not system.backbone.strategy_ids
    if as_text:
        given = [
            draw_strategy(f.strategy_logprobs, decoding=system.run.decoding, seed=s) if g is None else g
            for g, f, s in zip(given, found, seeds, strict=True)
        ]
    requests = [
        Request(
            source=_with_prefix(example.source, g, system.codec) if as_text else example.source,
            seed=s,
            strategy=g,
        )
        for example, g, s in zip(examples, given, seeds, strict=True)
    ]
    responses = respond_all(
        system.backbone, system.codec, requests, decoding=system.run.decoding, batch_size=batch_size
    )
    if not as_text:
        return responses
    return [replace(response, strategy=g) for response, g in zip(responses, given, strict=True)]


def _with_prefix(source: tuple[int, ...], strategy: int | None, codec: Codec) -> tuple[int, ...]:
    assert strategy is not None
    return (*source, *codec.strategy(STRATEGIES[strategy]))


def backbone_name(run: Run) -> str:
    """Return a short name of the run's backbone for tables."""
    if run.backbone.scratch is not None:
        return f"{run.backbone.scratch.architecture} from scratch"
    return run.backbone.source.rstrip("/").rsplit("/", maxsplit=1)[-1]


def details_of(system: System) -> dict[str, Any]:
    """Return where the system comes from, without the split's long lists."""
    manifest = {key: value for key, value in system.manifest.items() if key != "split"}
    return {"checkpoint": manifest, "decoding": msgspec.to_builtins(system.run.decoding)}


def _likelihoods(system: System, examples: Sequence[Example], *, batch_size: int) -> list[PieceLikelihood]:
    return likelihoods(
        system.backbone.model,
        examples,
        strategy_ids=system.backbone.strategy_ids,
        pad=system.pad,
        batch_size=batch_size,
    )


def _perplexity(found: Sequence[PieceLikelihood]) -> float:
    return float(perplexity(np.array([[f.nll, f.tokens] for f in found]).sum(axis=0)))


def _result(piece: Piece, found: PieceLikelihood, response: Response) -> PieceResult:
    return PieceResult(
        conversation=piece.conversation,
        position=piece.position,
        context=tuple(SaidBefore(u.speaker.value, u.text, u.strategy) for u in piece.context),
        reference=piece.response.text,
        hypothesis=response.text,
        gold=piece.response.strategy,
        strategy=None if response.strategy is None else STRATEGIES[response.strategy],
        nll=found.nll,
        tokens=found.tokens,
        logprobs=found.strategy_logprobs,
        mass=found.strategy_mass,
    )
