"""How much the phrases find, estimated from messages that people judged. Pure; figures with their uncertainty.

The flagged and the unflagged messages are two strata, judged apart: among thousands of unflagged messages few need care,
so a simple sample of all would say nothing about the misses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959964
"""The normal distribution's 97.5 % point: two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged message."""

    flagged: bool
    needs_care: bool
    weight: float = 1.0
    """Messages of its stratum that it stands for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval; `n` judged messages stand behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the sample says. None where nothing was judged that could say it."""

    precision: Estimate | None
    """Share of the flagged messages that needed care."""
    recall: Estimate | None
    """Share of the messages that needed care that were flagged."""


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share.

    Raises:
        ValueError: `n` is 0; a share of nothing has no interval.
    """
    if n == 0:
        raise ValueError("a share of nothing has no interval")
    share = successes / n
    centre = share + Z * Z / (2 * n)
    spread = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def figures(judged: Sequence[Judged], *, flagged_total: int, unflagged_total: int) -> Figures:
    """Return precision and recall with 95 % intervals.

    `flagged_total` and `unflagged_total` are the sizes of the strata. The recall's interval combines the ends of
    both strata's intervals, so it is rather too wide than too narrow.
    """
    hits = _stratum([item for item in judged if item.flagged])
    misses = _stratum([item for item in judged if not item.flagged])
    if hits is None or (misses is None and unflagged_total):
        return Figures(precision=hits, recall=None)
    missed = misses or Estimate(0.0, 0.0, 0.0, 0)
    return Figures(
        precision=hits,
        recall=_recall(hits, missed, flagged_total=flagged_total, unflagged_total=unflagged_total),
    )


def _stratum(judged: Sequence[Judged]) -> Estimate | None:
    if not judged:
        return None
    weight = sum(item.weight for item in judged)
    share = sum(item.weight for item in judged if item.needs_care) / weight
    low, high = wilson(share * len(judged), len(judged))
    return Estimate(share, low, high, len(judged))


def _recall(hits: Estimate, missed: Estimate, *, flagged_total: int, unflagged_total: int) -> Estimate | None:
    def share(found: float, lost: float) -> float:
        needing = found * flagged_total + lost * unflagged_total
        return found * flagged_total / needing if needing else 0.0

    if hits.value * flagged_total + missed.value * unflagged_total == 0:
        return None  # nobody needed care: there is nothing to recall
    return Estimate(
        share(hits.value, missed.value),
        share(hits.low, missed.high),
        share(hits.high, missed.low),
        hits.n + missed.n,
    )
