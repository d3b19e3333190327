"""Replies in a live chat: the decoding path of the evaluation, over histories that go on.

B is the batch's rows.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import torch

from corpus.labels import STRATEGIES, Speaker
from corpus.record import Utterance
from modeling.checkpoint_files import weights_digest
from modeling.domain.agent_config import Decoding
from modeling.domain.pieces import window
from modeling.domain.runfile import DecodingSection
from modeling.domain.turns import Said, TurnError, TurnReply, TurnRequest
from modeling.domain.variants import Variant
from modeling.errors import ModelingError
from modeling.neural.checkpoints import load_checkpoint
from modeling.neural.generation import Request, Response, choose_strategies, respond
from modeling.neural.int8_gate import int8_accepted
from modeling.neural.prompted import draw_strategy, strategy_logprobs
from modeling.neural.quantisation import quantise
from modeling.neural.setup import make_codec


class Answerer:
    """A checkpoint that is ready to answer."""

    def __init__(self, checkpoint: Path, *, numbers: str, threads: int) -> None:
        """Load it; on an accelerator where there is one, else in `numbers` (int8 only where it is good enough).

        Raises:
            CheckpointUnusable: it cannot be loaded.
        """
        torch.set_num_threads(threads)
        self._backbone, self._run, self._manifest = load_checkpoint(checkpoint)
        self._codec = make_codec(self._run, self._backbone)
        self._digest = weights_digest(checkpoint)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cuda":
            self._backbone.model.to("cuda")  # type: ignore[arg-type]
            numbers = "fp32"
        elif numbers == "int8":
            copy = replace(self._backbone, model=quantise(self._backbone.model))
            if int8_accepted(
                checkpoint, self._backbone, copy, run=self._run, codec=self._codec, digest=self._digest
            ):
                self._backbone = copy
            else:
                numbers = "fp32"
        self.info: dict[str, Any] = {
            "engine": f"transformers {numbers} {device}",
            "model": self._digest,
            "uses_strategies": self._run.uses_strategies,
            "max_context_tokens": self._run.data.max_context_tokens,
        }
        self._warm_up()

    def answer(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        """Return a reply or an error for each request; what is decoded alike is decoded together."""
        groups: dict[tuple[str, Decoding], list[int]] = defaultdict(list)
        for index, request in enumerate(requests):
            groups[request.variant, request.decoding].append(index)
        found: dict[int, TurnReply | TurnError] = {}
        for (variant, decoding), indices in groups.items():
            batch = [requests[i] for i in indices]
            try:
                replies: Sequence[TurnReply | TurnError] = self._answer(batch, Variant(variant), decoding)
            except (ModelingError, ValueError, RuntimeError, MemoryError) as error:
                # The sentence of an error of ours holds no words of the chat; a library's might.
                said = str(error) if isinstance(error, ModelingError) else type(error).__name__
                replies = [TurnError(said)] * len(batch)
            found.update(zip(indices, replies, strict=True))
        return [found[i] for i in range(len(requests))]

    def _answer(
        self, requests: Sequence[TurnRequest], variant: Variant, decoding: Decoding
    ) -> list[TurnReply]:
        started = time.perf_counter()
        section = self._section(decoding)
        sources = [self._source(request) for request in requests]
        given = self._strategies(requests, sources, variant, section)
        as_text = variant.uses_strategies and not self._backbone.strategy_ids
        made = respond(
            self._backbone,
            self._codec,
            [
                Request(source=self._with_prefix(source, g) if as_text else source, seed=r.seed, strategy=g)
                for r, source, g in zip(requests, sources, given, strict=True)
            ],
            decoding=section,
        )
        milliseconds = round((time.perf_counter() - started) * 1000)
        return [
            self._reply(
                response,
                strategy=g if as_text else response.strategy,
                prompt=len(source),
                milliseconds=milliseconds,
                batch=len(requests),
            )
            for response, source, g in zip(made, sources, given, strict=True)
        ]

    def _source(self, request: TurnRequest) -> tuple[int, ...]:
        said = [_utterance(s) for s in request.history]
        return tuple(self._codec.context(window(said, limit=self._run.context_limit)))

    def _strategies(
        self,
        requests: Sequence[TurnRequest],
        sources: Sequence[Sequence[int]],
        variant: Variant,
        section: DecodingSection,
    ) -> list[int | None]:
        """Return the index of the strategy that each row is given; None where the model draws it in its first step."""
        if not variant.uses_strategies:
            return [None] * len(requests)
        drawn = choose_strategies(
            variant,
            gold=[-1] * len(requests),
            proportions=self._manifest["strategy_proportions"],
            seeds=[r.seed for r in requests],
        )
        given = [
            STRATEGIES.index(r.strategy) if r.strategy else d for r, d in zip(requests, drawn, strict=True)
        ]
        if self._backbone.strategy_ids or None not in given:
            return given
        pad = int(self._backbone.tokenizer.pad_token_id)
        choices = strategy_logprobs(
            self._backbone.model, self._codec, sources, pad=pad, batch_size=len(sources)
        )
        return [
            draw_strategy(c, decoding=section, seed=r.seed) if g is None else g
            for g, c, r in zip(given, choices, requests, strict=True)
        ]

    def _with_prefix(self, source: tuple[int, ...], strategy: int | None) -> tuple[int, ...]:
        assert strategy is not None
        return (*source, *self._codec.strategy(STRATEGIES[strategy]))

    def _section(self, decoding: Decoding) -> DecodingSection:
        """Return the run's decoding with the agent's numbers: what the agent does not say stays as trained."""
        return msgspec.structs.replace(
            self._run.decoding, **{name: getattr(decoding, name) for name in decoding.__struct_fields__}
        )

    def _reply(
        self, response: Response, *, strategy: int | None, prompt: int, milliseconds: int, batch: int
    ) -> TurnReply:
        return TurnReply(
            text=response.text,
            strategy="" if strategy is None else STRATEGIES[strategy],
            engine=self.info["engine"],
            model=self._digest,
            tokens=response.tokens,
            prompt_tokens=prompt,
            finished=response.finished,
            made_ms=milliseconds,
            batch=batch,
        )

    def _warm_up(self) -> None:
        said = Said(role="seeker", text="hello")
        request = TurnRequest(history=(said,), variant=self._run.variant, seed=(0,))
        self.answer([request])


def _utterance(said: Said) -> Utterance:
    return Utterance(speaker=Speaker(said.role), text=said.text, strategy=said.strategy or None)
