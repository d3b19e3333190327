"""An evaluation: what a system said to each piece, and the figures that follow.

The document that `evaluate` writes holds the pieces themselves, so that tables, paired tests and samples need no
model. Shares are of 1; perplexities are of the system's own vocabulary.
Source: Liu et al. 2021, Table 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from corpus.labels import STRATEGIES
from modeling.domain.classification import accuracy, confusion, macro_f1, majority_accuracy
from modeling.domain.extrema import WordVectors
from modeling.domain.intervals import Estimate, bootstrap
from modeling.domain.perplexity import perplexity
from modeling.domain.scores import mean_of_sums, mean_rows, score_texts, summarise
from modeling.errors import ScoresUnusable


class SaidBefore(msgspec.Struct, frozen=True):
    """An utterance of a piece's context."""

    speaker: str
    text: str
    strategy: str | None = None


class PieceResult(msgspec.Struct, frozen=True, kw_only=True):
    """One piece, what people said and what the system said."""

    conversation: int
    position: int
    context: tuple[SaidBefore, ...]
    reference: str
    hypothesis: str
    gold: str | None
    """The reference's strategy."""
    strategy: str | None
    """The strategy that the response was conditioned on; None for Vanilla."""
    nll: float
    """Of the reference's tokens and its end, in nats."""
    tokens: int
    logprobs: tuple[float, ...] = ()
    """Of the eight strategies in the order of `STRATEGIES`, the response not known; empty for Vanilla."""
    mass: float = 0.0
    """Share of the first position's probability that is on the eight tokens; 0 where strategies are no tokens."""

    @property
    def place(self) -> tuple[int, int]:
        """Which piece of the corpus it is."""
        return (self.conversation, self.position)


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One system on one part of a corpus."""

    system: str
    """A name for tables, such as the run's."""
    backbone: str
    variant: str
    part: str
    corpus_sha256: str
    engine: str
    """The numbers that computed it: fp32, bf16 or int8."""
    seed: int
    details: dict[str, Any]
    """Where it comes from: the checkpoint's manifest without its split, and the decoding."""
    pieces: tuple[PieceResult, ...]


Figures = dict[str, Estimate | None]


def figures(evaluation: Evaluation, *, vectors: WordVectors | None = None, seed: int = 0) -> Figures:
    """Return every metric with its bootstrap interval over conversations; None where it does not apply.

    Raises:
        ScoresUnusable: the evaluation has no piece.
    """
    pieces = evaluation.pieces
    if not pieces:
        raise ScoresUnusable(f"The evaluation of {evaluation.system} holds no piece.")
    groups = [piece.conversation for piece in pieces]
    texts = score_texts([p.hypothesis for p in pieces], [p.reference for p in pieces], vectors=vectors)
    sums = np.array([[p.nll, p.tokens] for p in pieces])
    each = mean_rows(sums[:, 0] / sums[:, 1])
    return {
        "ppl": bootstrap(sums, groups, perplexity, seed=seed),
        "ppl_per_utterance": bootstrap(each, groups, lambda rows: np.exp(mean_of_sums(rows)), seed=seed),
        **_strategy_figures(pieces, groups, seed=seed),
        **summarise(texts, groups=groups, seed=seed),
    }


def _strategy_figures(pieces: Sequence[PieceResult], groups: Sequence[int], *, seed: int) -> Figures:
    names = ("nll", "accuracy", "accuracy_top3", "macro_f1", "accuracy_sampled", "mass")
    none: Figures = {f"strategy_{name}": None for name in names}
    if not all(piece.logprobs and piece.gold for piece in pieces):
        return none
    gold = np.array([STRATEGIES.index(str(p.gold)) for p in pieces])
    logprobs = np.array([p.logprobs for p in pieces])  # (N, 8)
    ranks = (-logprobs).argsort(axis=1)
    sampled = np.array([p.strategy == p.gold for p in pieces], dtype=np.float64)
    means = {
        "nll": -logprobs[np.arange(len(gold)), gold],
        "accuracy": (ranks[:, 0] == gold).astype(np.float64),
        "accuracy_top3": (ranks[:, :3] == gold[:, None]).any(axis=1).astype(np.float64),
        "accuracy_sampled": sampled,
        "mass": np.array([p.mass for p in pieces]),
    }
    found: Figures = {
        f"strategy_{n}": bootstrap(mean_rows(v), groups, mean_of_sums, seed=seed) for n, v in means.items()
    }
    classes = len(STRATEGIES)
    cells = np.eye(classes * classes)[gold * classes + ranks[:, 0]]  # (N, 64), one cell of the confusion each
    found["strategy_macro_f1"] = bootstrap(
        cells, groups, lambda rows: macro_f1(rows.reshape(*rows.shape[:-1], classes, classes)), seed=seed
    )
    return {**none, **found}


def to_document(evaluation: Evaluation, found: Figures) -> dict[str, Any]:
    """Return the document that `evaluate` writes: metrics by name, their intervals, the confusion, and the pieces."""
    document: dict[str, Any] = {
        **{name: None if e is None else e.value for name, e in found.items()},
        "intervals": {name: [e.low, e.high] for name, e in found.items() if e is not None},
        "strategy_confusion": strategy_confusion(evaluation.pieces),
        "strategy_majority_accuracy": _majority(evaluation.pieces),
        "evaluation": msgspec.to_builtins(evaluation),
    }
    return document


def strategy_confusion(pieces: Sequence[PieceResult]) -> dict[str, Any] | None:
    """Return labels and counts, gold by row and most likely by column; None for a system without strategies."""
    if not all(piece.logprobs and piece.gold for piece in pieces):
        return None
    gold = [STRATEGIES.index(str(piece.gold)) for piece in pieces]
    likely = [int(np.argmax(piece.logprobs)) for piece in pieces]
    counts = confusion(gold, likely, classes=len(STRATEGIES))
    return {"labels": list(STRATEGIES), "counts": counts.tolist(), "accuracy": float(accuracy(counts))}


def _majority(pieces: Sequence[PieceResult]) -> float | None:
    gold = [STRATEGIES.index(piece.gold) for piece in pieces if piece.gold]
    return majority_accuracy(gold) if gold else None


def from_document(document: object) -> Evaluation:
    """Read back what `evaluate` wrote.

    Raises:
        ScoresUnusable: it is no such document.
    """
    try:
        return msgspec.convert(document["evaluation"], type=Evaluation)  # type: ignore[index]
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise ScoresUnusable(
            f"The file is no evaluation ({error}); expected what `python -m modeling evaluate` wrote."
        ) from error
