"""Significance tests between systems.

Source: Liu et al. 2021, Table 5 (sign test; the printed marks follow the two-sided exact binomial without ties) and
Table 4 (Student's t; paired, because the systems answer the same pieces).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from scipy import stats


def sign_test(win: int, lose: int) -> float:
    """Return the two-sided exact p of `win` against `lose`, ties left out; 1 where nobody decided.

    Raises:
        ValueError: a count is negative.
    """
    if win < 0 or lose < 0:
        raise ValueError(f"counts cannot be negative: {win} wins, {lose} losses")
    if win + lose == 0:
        return 1.0
    return float(stats.binomtest(win, win + lose, 0.5).pvalue)


def win_interval(win: int, lose: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of the share of wins among decided answers; 0..1 where none is."""
    if win + lose == 0:
        return (0.0, 1.0)
    interval = stats.binomtest(win, win + lose, 0.5).proportion_ci(confidence_level=level, method="exact")
    return (float(interval.low), float(interval.high))


def paired_t_test(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the two-sided p of the paired t-test; 1 where no pair differs.

    Raises:
        ValueError: the systems have different numbers of scores, or fewer than two.
    """
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(f"a paired test needs two or more pairs; got {len(one)} and {len(other)} scores")
    p = float(stats.ttest_rel(one, other).pvalue)
    return 1.0 if math.isnan(p) else p


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Return Holm's adjusted p by name: the family-wise error over all of them stays at the level chosen."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(ps) - rank) * p))
        adjusted[name] = largest
    return {name: adjusted[name] for name in ps}


def mark(p: float) -> str:
    """Return the paper's mark beside a comparison: † below .1, ‡ below .05 (Table 5)."""
    if p < 0.05:
        return "‡"
    return "†" if p < 0.1 else ""
