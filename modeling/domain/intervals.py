"""Bootstrap intervals over conversations.

Pieces of one conversation share its context and its two people, so conversations are drawn, not pieces. Metrics
that are functions of sums are recomputed from resampled sums: a thousand corpora cost one matrix product.
Source: Efron and Tibshirani 1993; Koehn 2004 for text metrics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEVEL = 0.95

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Maps sums (..., K) to a metric (...)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric with its 95 % interval."""

    value: float
    low: float
    high: float


def group_sums(rows: NDArray[np.float64], groups: Sequence[int]) -> NDArray[np.float64]:
    """Add up the rows (N, K) of each group; the answer is (G, K) in ascending order of the groups' numbers."""
    _, inverse = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((int(inverse.max()) + 1, rows.shape[1]))
    np.add.at(sums, inverse, rows)
    return sums


def draw_counts(units: int, *, seed: int, resamples: int = RESAMPLES) -> NDArray[np.float64]:
    """Return how often each unit is in each resampled corpus, (R, U)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(units, np.full(units, 1 / units), size=resamples).astype(np.float64)


def bootstrap(
    rows: NDArray[np.float64], groups: Sequence[int], statistic: Statistic, *, seed: int
) -> Estimate:
    """Return the metric of the whole corpus and its percentile interval.

    `rows` is (N, K), one row of sums for each piece; `groups` its conversation.

    Raises:
        ValueError: there is no row.
    """
    if not len(rows):
        raise ValueError("a bootstrap needs at least one piece")
    sums = group_sums(rows, groups)
    drawn = statistic(draw_counts(len(sums), seed=seed) @ sums)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=float(statistic(sums.sum(axis=0))), low=float(low), high=float(high))


def bootstrap_difference(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    groups: Sequence[int],
    statistic: Statistic,
    *,
    seed: int,
) -> tuple[Estimate, float]:
    """Return the difference `one` - `other` with its interval, and its two-sided bootstrap p.

    Both systems answered the same pieces, so each resampled corpus holds the same conversations for both.
    """
    sums_one, sums_other = group_sums(one, groups), group_sums(other, groups)
    counts = draw_counts(len(sums_one), seed=seed)
    drawn = statistic(counts @ sums_one) - statistic(counts @ sums_other)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = float(statistic(sums_one.sum(axis=0)) - statistic(sums_other.sum(axis=0)))
    # Counting the observed corpus itself keeps p above zero (Davison and Hinkley 1997, eq. 4.11).
    tail = min(np.count_nonzero(drawn <= 0), np.count_nonzero(drawn >= 0))
    p = min(1.0, 2 * (tail + 1) / (len(drawn) + 1))
    return Estimate(value=value, low=float(low), high=float(high)), p


def bootstrap_spread(
    units: int, statistic: Callable[[NDArray[np.int64]], float], *, seed: int, resamples: int = RESAMPLES
) -> Estimate:
    """Return a metric of chosen units with a normal interval of bootstrap standard error.

    For a metric like Distinct-n, which repeated units lower by themselves: its percentile interval would sit below
    the value it is about. `statistic` takes the drawn units' indices.

    Raises:
        ValueError: there is no unit.
    """
    if units < 1:
        raise ValueError("a bootstrap needs at least one unit")
    rng = np.random.default_rng(seed)
    drawn = [statistic(rng.integers(0, units, size=units)) for _ in range(resamples)]
    value, error = statistic(np.arange(units)), float(np.std(drawn))
    return Estimate(value=value, low=value - 1.959964 * error, high=value + 1.959964 * error)
