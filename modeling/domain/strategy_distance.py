"""How far the strategies of one set of conversations lie from another's, by progress (Fig. 5).

The distance is Jensen and Shannon's with logarithms of base 2: 0 for equal shares, 1 for none in common.
Source: Liu et al. 2021, §6.5 and Figure 5; Lin 1991; Endres and Schindelin 2003 (its root is a metric).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial.distance import jensenshannon

from corpus.labels import STRATEGIES
from corpus.strategies import shares


@dataclass(frozen=True, slots=True)
class StrategyDistance:
    """One set's distance from another."""

    points: tuple[float | None, ...]
    """At each of the six points of progress; None where either set has no supporter's message."""
    weighted: float | None
    """The mean of the points, weighted by the first set's messages there."""
    overall: float | None
    """Between the shares over the whole conversation, whatever the progress."""


def strategy_distance(one: Mapping[str, Any], other: Mapping[str, Any]) -> StrategyDistance:
    """Return the distance between two documents of `corpus.strategies`."""
    pairs = list(zip(one["progress"], other["progress"], strict=True))
    points = tuple(distance(a["counts"], b["counts"]) for a, b in pairs)
    weights = [a["n"] if d is not None else 0 for (a, _b), d in zip(pairs, points, strict=True)]
    weighted = None
    if sum(weights):
        weighted = sum(w * (d or 0.0) for w, d in zip(weights, points, strict=True)) / sum(weights)
    return StrategyDistance(
        points=points,
        weighted=weighted,
        overall=distance(_total(one["progress"]), _total(other["progress"])),
    )


def distance(one: dict[str, int], other: dict[str, int]) -> float | None:
    """Return the distance of two counts of strategies; None where one of them is empty."""
    if not sum(one.values()) or not sum(other.values()):
        return None
    found = float(jensenshannon(shares(one), shares(other), base=2))
    # Equal shares can come out a hair off zero, or as nan below it.
    return 0.0 if np.isnan(found) else found


def _total(points: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {label: sum(point["counts"].get(label, 0) for point in points) for label in STRATEGIES}
