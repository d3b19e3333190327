"""BLEU as the field computes it on this task, from per-text sums that also serve the bootstrap.

Source: nlg-eval's copy of coco-caption's BLEU (clipped corpus sums, no smoothing), which the paper's figures come
from; NLTK's `corpus_bleu` with `SmoothingFunction().method3`, which the authors' re-implementation reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ORDERS = 4
"""The longest n-gram counted."""

# nlg-eval adds these to numerator and denominator, so that an absent n-gram gives almost zero and not an error.
_TINY = 1e-15
_SMALL = 1e-9

# Columns of a row of sums.
_MATCHES = slice(0, ORDERS)
_GUESSES = slice(ORDERS, 2 * ORDERS)
_GUESSES_AT_LEAST_ONE = slice(2 * ORDERS, 3 * ORDERS)
_HYPOTHESIS_LENGTH = 3 * ORDERS
_REFERENCE_LENGTH = 3 * ORDERS + 1
COLUMNS = 3 * ORDERS + 2


def bleu_sums(hypothesis: Sequence[str], reference: Sequence[str]) -> NDArray[np.float64]:
    """Return one text's sums, (COLUMNS,): clipped matches and n-grams of each order, and both lengths in tokens."""
    row = np.zeros(COLUMNS)
    for n in range(1, ORDERS + 1):
        guessed = Counter(zip(*(hypothesis[i:] for i in range(n)), strict=False))
        wanted = Counter(zip(*(reference[i:] for i in range(n)), strict=False))
        row[n - 1] = sum(min(times, wanted[gram]) for gram, times in guessed.items())
        row[ORDERS + n - 1] = guessed.total()
        # NLTK counts a text shorter than the n-gram as one guess (`modified_precision`).
        row[2 * ORDERS + n - 1] = max(1, guessed.total())
    row[_HYPOTHESIS_LENGTH] = len(hypothesis)
    row[_REFERENCE_LENGTH] = len(reference)
    return row


def bleu(sums: NDArray[np.float64], *, order: int) -> NDArray[np.float64]:
    """Return cumulative BLEU-`order` of summed rows by nlg-eval's definition, as a share of 1.

    `sums` is (..., COLUMNS), each row the sum over a corpus (or one text, for a score per text); the answer is (...).
    """
    matches, guesses = sums[..., _MATCHES][..., :order], sums[..., _GUESSES][..., :order]
    precision = np.prod((matches + _TINY) / (guesses + _SMALL), axis=-1) ** (1 / order)
    ratio = (sums[..., _HYPOTHESIS_LENGTH] + _TINY) / (sums[..., _REFERENCE_LENGTH] + _SMALL)
    result: NDArray[np.float64] = precision * np.where(ratio < 1, np.exp(1 - 1 / ratio), 1.0)
    return result


def bleu_method3(sums: NDArray[np.float64], *, order: int) -> NDArray[np.float64]:
    """Return cumulative BLEU-`order` of summed rows by NLTK's definition with smoothing method 3, as a share of 1.

    An order without a match counts as 1 / 2^k of a match, k numbering such orders. Shapes as for `bleu`.
    """
    matches = sums[..., _MATCHES][..., :order]
    guesses = sums[..., _GUESSES_AT_LEAST_ONE][..., :order]
    absent = matches == 0
    smoothed = np.where(absent, 0.5 ** np.cumsum(absent, axis=-1), matches)
    precision = np.prod(smoothed / guesses, axis=-1) ** (1 / order)
    hypothesis, reference = sums[..., _HYPOTHESIS_LENGTH], sums[..., _REFERENCE_LENGTH]
    shortfall = 1 - reference / np.maximum(hypothesis, 1)
    brevity = np.where(hypothesis > reference, 1.0, np.exp(shortfall))
    # NLTK returns 0 where not one unigram matches: no smoothing makes up for that.
    return np.where(absent[..., 0], 0.0, precision * brevity)
