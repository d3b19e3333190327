"""What a run starts from: its corpus divided and encoded, its backbone, and the manifest that names it all.

Shared by training and evaluation, so that both see the same pieces.
"""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from modeling.corpus_file import CorpusFile
from modeling.domain.pieces import Piece, cut_all, require_strategies
from modeling.domain.runfile import Run, run_to_dict
from modeling.domain.splits import Part, Split, divide
from modeling.domain.variants import strategy_proportions
from modeling.errors import EmptySplit
from modeling.neural.adapters import adapt
from modeling.neural.backbones import Backbone, load_backbone, vocabulary_digest
from modeling.neural.encoding import Codec, Example, TokenCodec, encode_piece
from modeling.neural.instruct import ChatCodec

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "accelerate",
    "safetensors",
    "peft",
    "numpy",
    "escplatform",
)


@dataclass
class Prepared:
    """A run, ready to fit."""

    run: Run
    backbone: Backbone
    codec: Codec
    train: list[Example]
    valid: list[Example]
    manifest: dict[str, Any]


def pieces_of(corpus: CorpusFile, run: Run, part: Part) -> list[Piece]:
    """Return one part's pieces as the run cuts them.

    Raises:
        EmptySplit: the part has no conversation, or none of its conversations gives a piece.
        CorpusUnusable: the run needs strategies and a piece has none.
    """
    split = divide_corpus(corpus, run)
    pieces = cut_all(corpus.conversations, indices=split.part(part), limit=run.context_limit)
    if not pieces:
        raise EmptySplit(
            f"The {part.value} part's {len(split.part(part))} conversations give no piece: no supporter speaks in them "
            "after the first utterance."
        )
    if run.uses_strategies:
        require_strategies(pieces)
    return pieces


def divide_corpus(corpus: CorpusFile, run: Run) -> Split:
    """Divide the corpus as the run says."""
    return divide(len(corpus.conversations), rule=run.data.split, seed=run.data.split_seed)


def make_codec(run: Run, backbone: Backbone) -> Codec:
    """Return the encoding that the run and its backbone call for."""
    if run.instruct is not None:
        return ChatCodec(backbone.tokenizer, run=run, strategy_ids=backbone.strategy_ids)
    return TokenCodec(
        backbone.tokenizer,
        strategy_ids=backbone.strategy_ids,
        max_context_tokens=run.data.max_context_tokens,
        straighten_quotes=run.data.straighten_quotes,
    )


def prepare(run: Run, corpus: CorpusFile) -> Prepared:
    """Divide and encode the corpus and load the backbone.

    Raises:
        ModelingError: the corpus, the run or the backbone cannot be used; the sentence says what to do.
    """
    train_pieces, valid_pieces = pieces_of(corpus, run, Part.TRAIN), pieces_of(corpus, run, Part.VALID)
    backbone = load_backbone(run, texts=training_texts(train_pieces))
    codec = make_codec(run, backbone)
    if run.lora is not None:
        backbone.model = adapt(backbone.model, run.lora, strategy_ids=backbone.strategy_ids)
    limit = run.data.max_response_tokens
    return Prepared(
        run=run,
        backbone=backbone,
        codec=codec,
        train=[encode_piece(piece, codec, max_response_tokens=limit) for piece in train_pieces],
        valid=[
            encode_piece(piece, codec, max_response_tokens=evaluation_limit(backbone, run))
            for piece in valid_pieces
        ],
        manifest=make_manifest(run, corpus, backbone, train_pieces),
    )


def evaluation_limit(backbone: Backbone, run: Run) -> int | None:
    """Return how long a target may be when it is measured: whatever the model has positions for."""
    if backbone.positions is None:
        return None
    return (
        backbone.positions if backbone.encoder_decoder else backbone.positions - run.data.max_context_tokens
    )


def training_texts(pieces: Sequence[Piece]) -> list[str]:
    """Return every text of the pieces once, in order."""
    texts = [u.text for piece in pieces for u in (*piece.context, piece.response)]
    return list(dict.fromkeys(texts))


def make_manifest(run: Run, corpus: CorpusFile, backbone: Backbone, train: Sequence[Piece]) -> dict[str, Any]:
    """Return what a checkpoint must say of itself to be made again."""
    split = divide_corpus(corpus, run)
    return {
        "run": run_to_dict(run),
        "corpus": {
            "name": corpus.name,
            "sha256": corpus.sha256,
            "conversations": len(corpus.conversations),
        },
        "split": {part.value: list(getattr(split, part.value)) for part in Part},
        "strategy_proportions": list(strategy_proportions(train)) if run.uses_strategies else None,
        "strategy_ids": list(backbone.strategy_ids),
        "vocabulary": {
            "entries": len(backbone.tokenizer),
            "sha256": vocabulary_digest(backbone.tokenizer),
        },
        "parameters": sum(p.numel() for p in backbone.model.parameters()),
        "trainable_parameters": sum(p.numel() for p in backbone.model.parameters() if p.requires_grad),
        "seed": run.seed,
        "versions": {"python": platform.python_version(), **_versions()},
        "code_commit": code_commit(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # the platform itself may run from a checkout
            continue
    return found


def code_commit() -> str | None:
    """Return the commit of the code that runs, with `+changes` where files differ; None outside a checkout."""
    root = Path(__file__).parents[2]

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return None
