"""Distinct-n: the share of a system's n-grams that are different ones.

Counted over all responses together (Li et al. 2016, "A Diversity-Promoting Objective Function"). The authors'
re-implementation drops the last n-gram of each response; here it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class NgramIndex:
    """The n-grams of a system's responses as numbers, so that resampled corpora are counted fast."""

    per_text: tuple[NDArray[np.int64], ...]
    """The numbers of each text's n-grams, with repetitions."""
    different: int
    """How many different n-grams the whole corpus has."""

    def distinct(self, texts: Sequence[int] | NDArray[np.int64] | None = None) -> float:
        """Return Distinct-n over the chosen texts (all for None); 0 where they hold no n-gram."""
        chosen = self.per_text if texts is None else [self.per_text[i] for i in texts]
        grams = np.concatenate(chosen) if len(chosen) else np.empty(0, dtype=np.int64)
        if not len(grams):
            return 0.0
        seen = np.zeros(self.different, dtype=bool)
        seen[grams] = True
        return float(np.count_nonzero(seen) / len(grams))


def index_ngrams(texts: Sequence[Sequence[str]], *, n: int) -> NgramIndex:
    """Number the n-grams of `texts`, each a sequence of tokens."""
    numbers: dict[tuple[str, ...], int] = {}
    per_text = tuple(
        np.array(
            [
                numbers.setdefault(gram, len(numbers))
                for gram in zip(*(text[i:] for i in range(n)), strict=False)
            ],
            dtype=np.int64,
        )
        for text in texts
    )
    return NgramIndex(per_text=per_text, different=len(numbers))


def distinct(texts: Sequence[Sequence[str]], *, n: int) -> float:
    """Return Distinct-n of `texts`, 0..1."""
    return index_ngrams(texts, n=n).distinct()
