"""Extrema: cosine of two texts' most extreme word-vector values.

Source: nlg-eval's VectorExtremaCosineSimilarity with GloVe 6B 300d, as in Liu et al. 2021, Table 4. The vectors are
not part of the platform: a file is given, or the metric is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modeling.errors import ScoresUnusable

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class WordVectors:
    """Vectors by word; a word outside them gets the mean of all, as in nlg-eval."""

    by_word: Mapping[str, Vector]
    mean: Vector
    """(D,)"""

    def of(self, tokens: Sequence[str]) -> NDArray[np.float64]:
        """Return the tokens' vectors, (T, D)."""
        return np.stack([self.by_word.get(token, self.mean) for token in tokens])


def word_vectors(by_word: Mapping[str, Sequence[float] | Vector]) -> WordVectors:
    """Build the vectors from a mapping.

    Raises:
        ScoresUnusable: the mapping is empty or its vectors differ in length.
    """
    vectors = {word: np.asarray(values, dtype=np.float64) for word, values in by_word.items()}
    if not vectors or len({len(vector) for vector in vectors.values()}) != 1:
        raise ScoresUnusable(
            "The word vectors are empty or differ in length; give a whole GloVe or word2vec file."
        )
    return WordVectors(by_word=vectors, mean=np.mean(list(vectors.values()), axis=0))


def read_word_vectors(path: Path) -> WordVectors:
    """Read vectors from GloVe text, word2vec text (with its header line), or an npz of `words` and `vectors`.

    Raises:
        ScoresUnusable: the file is missing or not of these forms.
    """
    try:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as stored:
                return word_vectors(dict(zip(stored["words"].tolist(), stored["vectors"], strict=True)))
        with path.open(encoding="utf-8") as lines:
            return word_vectors(dict(_parse(lines)))
    except (OSError, ValueError, KeyError) as error:
        raise ScoresUnusable(
            f"{path} cannot be read as word vectors ({error}); expected GloVe text such as glove.6B.300d.txt, "
            "word2vec text, or an npz with `words` and `vectors`."
        ) from error


def _parse(lines: Iterator[str]) -> Iterator[tuple[str, Vector]]:
    for number, line in enumerate(lines):
        word, *values = line.rstrip("\n").split(" ")
        if number == 0 and len(values) == 1:  # word2vec's header: how many words, how many dimensions
            continue
        yield word, np.array([float(value) for value in values if value])


def extreme_vector(vectors: NDArray[np.float64]) -> Vector:
    """Return the value of largest magnitude in each dimension of (T, D); a tie takes the negative one."""
    low, high = vectors.min(axis=0), vectors.max(axis=0)
    # nlg-eval gives 0 where the smallest value is exactly 0, whatever the largest; real vectors never meet it.
    extreme: Vector = np.where((np.abs(low) >= high) | (low == 0), low, high)
    return extreme


def extrema(hypothesis: Sequence[str], reference: Sequence[str], *, vectors: WordVectors) -> float:
    """Return the cosine of the two texts' extreme vectors, -1..1; 0 where a text is empty or its vector is zero."""
    if not hypothesis or not reference:
        return 0.0
    one, other = extreme_vector(vectors.of(hypothesis)), extreme_vector(vectors.of(reference))
    norms = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / norms if norms else 0.0
