"""How well strategies are predicted: accuracy, macro-F1 and the confusion of predicted with gold.

Source: the authors' re-implementation and the papers after it report the accuracy; Liu et al. 2021 give none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def confusion(gold: Sequence[int], predicted: Sequence[int], *, classes: int) -> NDArray[np.int64]:
    """Return the (C, C) counts: row is the gold class, column the predicted one."""
    counts = np.zeros((classes, classes), dtype=np.int64)
    for g, p in zip(gold, predicted, strict=True):
        counts[g, p] += 1
    return counts


def accuracy(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of (..., C, C) counts on the diagonal, 0 where there are none."""
    total = counts.sum(axis=(-2, -1))
    hits = np.trace(counts, axis1=-2, axis2=-1)
    result: NDArray[np.float64] = hits / np.maximum(total, 1)
    return result


def macro_f1(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean F1 of (..., C, C) counts over the classes that occur as gold or as predicted."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    occurrences = counts.sum(axis=-1) + counts.sum(axis=-2)
    f1 = 2 * hits / np.maximum(occurrences, 1)
    result: NDArray[np.float64] = f1.sum(axis=-1) / np.maximum((occurrences > 0).sum(axis=-1), 1)
    return result


def majority_accuracy(gold: Sequence[int]) -> float:
    """Return what always saying the most frequent class would score.

    Raises:
        ValueError: `gold` is empty.
    """
    if not gold:
        raise ValueError("accuracy of no piece")
    return float(np.bincount(np.asarray(gold)).max() / len(gold))
