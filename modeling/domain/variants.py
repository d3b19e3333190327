"""Variants: what a model knows of strategies, and the special tokens that carry them.

One checkpoint with strategies serves Joint, Oracle and Random; Vanilla has its own, trained without any.
Source: Liu et al. 2021, §6.1, §6.2 and Appendix C.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from corpus.labels import STRATEGIES
from modeling.domain.pieces import Piece


class Variant(StrEnum):
    """How the strategy of a response comes about."""

    VANILLA = "vanilla"
    """No strategy anywhere: neither in the context nor before the response."""
    JOINT = "joint"
    """Drawn from the model's own distribution over the eight, then the response is conditioned on it."""
    ORACLE = "oracle"
    """The reference response's strategy is given."""
    RANDOM = "random"
    """Drawn from the strategies' proportions in the training part."""

    @property
    def uses_strategies(self) -> bool:
        """Whether strategy tokens stand in the context and before the response."""
        return self is not Variant.VANILLA


def strategy_token(strategy: str) -> str:
    """Return the special token of a strategy, as the authors' re-implementation writes it."""
    return f"[{strategy}]"


STRATEGY_TOKENS: tuple[str, ...] = tuple(strategy_token(strategy) for strategy in STRATEGIES)
"""The eight tokens in the order of `corpus.labels.STRATEGIES`."""


def strategy_proportions(pieces: Iterable[Piece]) -> tuple[float, ...]:
    """Return each strategy's share of the pieces, in the order of `STRATEGIES`.

    Raises:
        ValueError: there is no piece.
    """
    counts = Counter(piece.strategy for piece in pieces)
    total = sum(counts.values())
    if not total:
        raise ValueError("no piece, so no proportions of strategies")
    return tuple(counts[strategy] / total for strategy in STRATEGIES)
