"""How far raters agree: raw share, Cohen's kappa of each pair, Fleiss' kappa, Krippendorff's alpha.

Each with the number of items it rests on, and with a bootstrap interval over items. The arithmetic is that of
scikit-learn, statsmodels and NLTK. No adjectives: what a value is good for depends on what it is used for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

Label = Hashable
Item = Mapping[str, Label]
"""Rater to label."""
Measure = Callable[[Sequence[Item]], float | None]

SAMPLES = 200
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """One coefficient."""

    value: float | None
    """None where it is undefined: too few items, or nothing but one label."""
    low: float | None
    high: float | None
    items: int


def pair(one: str, other: str) -> Measure:
    """Return Cohen's kappa of two raters over the items that both rated."""

    def measure(items: Sequence[Item]) -> float | None:
        from sklearn.metrics import cohen_kappa_score

        both = [(item[one], item[other]) for item in items if one in item and other in item]
        labels = sorted({label for labels in both for label in labels}, key=str)
        if len(labels) < 2:
            return None
        codes = {label: code for code, label in enumerate(labels)}
        left, right = [codes[a] for a, _b in both], [codes[b] for _a, b in both]
        return float(cohen_kappa_score(left, right))

    return measure


def raw(items: Sequence[Item]) -> float | None:
    """Return the share of pairs of ratings of one item that are the same."""
    same = total = 0
    for item in items:
        for left, right in combinations(item.values(), 2):
            same += left == right
            total += 1
    return same / total if total else None


def fleiss(items: Sequence[Item]) -> float | None:
    """Return Fleiss' kappa over the items that have the greatest number of ratings ("complete" ones)."""
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    most = max((len(item) for item in items), default=0)
    complete = [[str(label) for label in item.values()] for item in items if len(item) == most]
    if most < 2 or len({label for row in complete for label in row}) < 2:
        return None
    table, _categories = aggregate_raters(np.array(complete))
    return float(fleiss_kappa(table))


def alpha(*, ordinal: bool = False) -> Measure:
    """Return Krippendorff's alpha over the items with two ratings or more; `ordinal` for scales of whole numbers."""

    def measure(items: Sequence[Item]) -> float | None:
        from nltk.metrics.agreement import AnnotationTask

        rated = [item for item in items if len(item) >= 2]
        if len({label for item in rated for label in item.values()}) < 2:
            return None
        triples = [
            (rater, number, label) for number, item in enumerate(rated) for rater, label in item.items()
        ]
        distance = _ordinal_distance([label for _rater, _item, label in triples]) if ordinal else _nominal
        return float(AnnotationTask(data=triples, distance=distance).alpha())

    return measure


def _nominal(left: Label, right: Label) -> float:
    return float(left != right)


def _ordinal_distance(labels: Sequence[Label]) -> Callable[[Label, Label], float]:
    """Return Krippendorff's ordinal metric: the ratings between two values, the values' own counting half; squared."""
    values = sorted({int(str(label)) for label in labels})
    counts = [sum(int(str(label)) == value for label in labels) for value in values]
    place = {value: index for index, value in enumerate(values)}

    def distance(left: Label, right: Label) -> float:
        low, high = sorted((place[int(str(left))], place[int(str(right))]))
        return float(sum(counts[low : high + 1]) - (counts[low] + counts[high]) / 2) ** 2

    return distance


def figure(measure: Measure, items: Sequence[Item], *, seed: int = 0) -> Figure:
    """Return a coefficient with its percentile bootstrap interval over items."""
    value = measure(items)
    if value is None:
        return Figure(None, None, None, len(items))
    random = np.random.default_rng(seed)
    drawn = [measure([items[i] for i in random.integers(0, len(items), len(items))]) for _ in range(SAMPLES)]
    known = [sample for sample in drawn if sample is not None]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value, float(low), float(high), len(items))


def agreement(items: Sequence[Item]) -> dict[str, Figure]:
    """Return every coefficient of nominal ratings under its name; pairs of raters as "Cohen's kappa, a and b".

    Raters need not have rated every item.
    """
    shared = [item for item in items if len(item) >= 2]
    found = {"Raw agreement": figure(raw, shared)}
    for one, other in combinations(sorted({rater for item in items for rater in item}), 2):
        both = [item for item in shared if one in item and other in item]
        found[f"Cohen's kappa, {one} and {other}"] = figure(pair(one, other), both)
    most = max((len(item) for item in shared), default=0)
    found["Fleiss' kappa"] = figure(fleiss, [item for item in shared if len(item) == most])
    found["Krippendorff's alpha"] = figure(alpha(), shared)
    return found
