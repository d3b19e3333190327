"""The coefficients of `qualitycontrol.domain.agreement` for thousands of nominal ratings while somebody waits.

All bootstrap samples are computed at once: drawing items with replacement is weighing them, and every coefficient is
made of weighted sums over items. The libraries, which go through the items one by one, give the same values (tests).
Letters: S samples, the first being the items themselves; N items; L labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualitycontrol.domain.agreement import LEVEL, SAMPLES, Figure

Floats = NDArray[np.float64]
Ratings = Sequence[Mapping[str, str]]
"""Rater to label, for each item."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote with what it is compared with."""

    item: int
    reviewer: str
    label: str
    author: str
    gold: str
    """The known answer; empty where there is none."""
    seconds: float


def nominal_agreement(items: Ratings, *, seed: int = 0) -> dict[str, Figure]:
    """Return every coefficient under its name, with its bootstrap interval, as `agreement` does."""
    shared = [item for item in items if len(item) >= 2]
    labels = sorted({label for item in shared for label in item.values()})
    found = {"Raw agreement": _figure(shared, labels, _raw, seed)}
    for one, other in combinations(sorted({rater for item in shared for rater in item}), 2):
        both = [(item[one], item[other]) for item in shared if one in item and other in item]
        found[f"Cohen's kappa, {one} and {other}"] = _cohen(both, labels, seed)
    most = max(map(len, shared), default=0)
    complete = [item for item in shared if len(item) == most]
    found["Fleiss' kappa"] = _figure(complete, labels, _fleiss, seed)
    found["Krippendorff's alpha"] = _figure(shared, labels, _alpha, seed)
    return found


def _weights(items: int, seed: int) -> Floats:
    """Return how often each item is in each sample, (S, N)."""
    drawn = np.random.default_rng(seed).multinomial(items, np.full(items, 1 / items), size=SAMPLES)
    return np.vstack([np.ones(items), drawn]).astype(float)


def _figure(items: Ratings, labels: Sequence[str], measure: Any, seed: int) -> Figure:
    if not items:
        return Figure(None, None, None, 0)
    place = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(items), len(labels)))  # (N, L)
    for row, item in zip(counts, items, strict=True):
        for label in item.values():
            row[place[label]] += 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return _interval(measure(_weights(len(items), seed), counts), len(items))


def _interval(values: Floats, items: int) -> Figure:
    """Return the first value with the interval of the others; None where it is undefined."""
    if not np.isfinite(values[0]):
        return Figure(None, None, None, items)
    known = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if known.size else (np.nan, np.nan)
    return Figure(float(values[0]), float(low), float(high), items)


def _raw(weights: Floats, counts: Floats) -> Floats:
    sizes = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1)
    result: Floats = (weights @ same) / (weights @ (sizes * (sizes - 1)))
    return result


def _fleiss(weights: Floats, counts: Floats) -> Floats:
    size = counts[0].sum()
    observed = (weights @ ((counts * (counts - 1)).sum(axis=1) / (size * (size - 1)))) / weights.sum(axis=1)
    shares = (weights @ counts) / (weights.sum(axis=1, keepdims=True) * size)  # (S, L)
    expected = (shares**2).sum(axis=1)
    result: Floats = (observed - expected) / (1 - expected)
    return result


def _alpha(weights: Floats, counts: Floats) -> Floats:
    sizes = counts.sum(axis=1)
    differing = (sizes**2 - (counts**2).sum(axis=1)) / (sizes - 1)
    total = weights @ sizes
    each = weights @ counts  # (S, L)
    expected = (total**2 - (each**2).sum(axis=1)) / (total - 1)
    result: Floats = 1 - (weights @ differing) / expected
    return result


def _cohen(pairs: Sequence[tuple[str, str]], labels: Sequence[str], seed: int) -> Figure:
    if not pairs:
        return Figure(None, None, None, 0)
    place = {label: index for index, label in enumerate(labels)}
    left, right = (np.eye(len(labels))[[place[pair[side]] for pair in pairs]] for side in (0, 1))  # (N, L)
    weights = _weights(len(pairs), seed) / len(pairs)
    observed = weights @ (left * right).sum(axis=1)
    expected = ((weights @ left) * (weights @ right)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _interval((observed - expected) / (1 - expected), len(pairs))


def ratings(votes: Sequence[Vote]) -> list[dict[str, str]]:
    """Return each item's votes by reviewer."""
    found: dict[int, dict[str, str]] = {}
    for vote in votes:
        found.setdefault(vote.item, {})[vote.reviewer] = vote.label
    return list(found.values())


def confusion(votes: Sequence[Vote], labels: Sequence[str]) -> list[list[int]]:
    """Return how often reviewers chose each label (columns) where the author chose each (rows)."""
    counts = Counter((vote.author, vote.label) for vote in votes)
    return [[counts[row, column] for column in labels] for row in labels]


def reviewer_rows(votes: Sequence[Vote]) -> list[dict[str, Any]]:
    """Return for each reviewer: votes, share with the author, gold items right and in all, median seconds."""
    by: dict[str, list[Vote]] = {}
    for vote in votes:
        by.setdefault(vote.reviewer, []).append(vote)
    return [_reviewer_row(name, own) for name, own in sorted(by.items())]


def _reviewer_row(name: str, own: Sequence[Vote]) -> dict[str, Any]:
    plain, gold = [v for v in own if not v.gold], [v for v in own if v.gold]
    return {
        "reviewer": name,
        "votes": len(own),
        "with_author": sum(v.label == v.author for v in plain) / len(plain) if plain else None,
        "gold_right": sum(v.label == v.gold for v in gold),
        "gold": len(gold),
        "median_seconds": median(v.seconds for v in own),
    }
