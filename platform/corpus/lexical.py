"""The words and pairs of words that set each strategy apart (Fig. 3).

A feature's z-score is the log-odds ratio of its use in one strategy against all others, smoothed with
the whole supporter corpus as an informative Dirichlet prior, over its standard deviation.
Source: Liu et al. 2021, §5.2 and Figure 3; Monroe, Colaresi and Quinn 2008, "Fightin' Words", §3.5.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from corpus.labels import STRATEGIES, Speaker
from corpus.record import Conversation

TOP = 20
LIMIT = 1_000_000
"""Distinct features counted exactly, each strategy's apart: about 200 MB."""

_NOT_KEPT = bytes(byte for byte in range(128) if chr(byte) not in " abcdefghijklmnopqrstuvwxyz")


def words_of(text: str) -> list[str]:
    """Return the words that features are made of.

    Lower case; everything but a-z and blanks deleted, so "it's" is "its"; words of one letter dropped.
    The figure's "its" and "thats" show that the authors deleted punctuation too.
    """
    # Bytes, because deleting from them is many times faster than from text.
    kept = " ".join(text.lower().split()).encode("ascii", "ignore").translate(None, _NOT_KEPT).decode()
    return [word for word in kept.split(" ") if len(word) > 1]


def ngrams_of(text: str) -> list[str]:
    """Return the unigrams, then the bigrams, of one utterance; a bigram joins its words by a blank."""
    words = words_of(text)
    return [*words, *map(" ".join, pairwise(words))]


def log_odds_z(count: float, size: float, count_other: float, size_other: float) -> float:
    """Return Monroe's z-score of one feature with the informative prior of both groups together.

    `count` and `count_other` are the feature's uses, `size` and `size_other` all features' uses, in the
    group and in its complement. The prior is alpha = count + count_other, alpha_0 = size + size_other.
    """
    alpha, alpha_0 = count + count_other, size + size_other
    delta = log((count + alpha) / (size + alpha_0 - count - alpha)) - log(
        (count_other + alpha) / (size_other + alpha_0 - count_other - alpha)
    )
    return delta / sqrt(1 / (count + alpha) + 1 / (count_other + alpha))


@dataclass(slots=True)
class LexicalFeatures:
    """Feature counts per strategy over the supporters' utterances added so far.

    Counts are exact up to `limit` distinct features, several times what a corpus of some thousand
    conversations has. Past it the rarest are forgotten, so that memory stays flat: features that come up
    again count from then on, and only rare ones, far from any list of the top, are affected.
    """

    limit: int = LIMIT
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {label: Counter() for label in STRATEGIES}
    )
    sizes: Counter[str] = field(default_factory=Counter)
    """Uses of all features per strategy, forgotten ones included."""

    def add(self, conversation: Conversation) -> None:
        """Count one more conversation."""
        for utterance in conversation.utterances:
            if utterance.speaker is Speaker.SUPPORTER and utterance.strategy is not None:
                ngrams = ngrams_of(utterance.text)
                self.counts[utterance.strategy].update(ngrams)
                self.sizes[utterance.strategy] += len(ngrams)
        if sum(map(len, self.counts.values())) > self.limit:
            self._forget_rare()

    def _forget_rare(self) -> None:
        """Forget the rarest features of all strategies together until half of the limit is left."""
        everything = self._everything()
        floor = 1
        while sum(map(len, self.counts.values())) > self.limit // 2:
            floor += 1
            self.counts = {
                label: Counter({ngram: n for ngram, n in counts.items() if everything[ngram] >= floor})
                for label, counts in self.counts.items()
            }

    def _everything(self) -> Counter[str]:
        everything: Counter[str] = Counter()
        for counts in self.counts.values():
            everything.update(counts)
        return everything

    def document(self, *, top: int = TOP) -> dict[str, object]:
        """Return the `top` features of each strategy by z-score as the JSON document of `lexical`.

        Only features that the strategy uses are listed. Equal scores are ordered by the feature.
        """
        everything, size_all = self._everything(), self.sizes.total()
        return {
            "features": {
                label: _top_features(counts, everything, self.sizes[label], size_all, top)
                for label, counts in self.counts.items()
            }
        }


def _top_features(
    counts: Counter[str], everything: Counter[str], size: int, size_all: int, top: int
) -> list[dict[str, object]]:
    if size == size_all:
        return []  # Nothing said otherwise: there is no complement to set the strategy apart from.
    ngrams = list(counts)
    z = _z_scores(
        np.fromiter(counts.values(), dtype=np.float64, count=len(counts)),
        np.fromiter((everything[ngram] for ngram in ngrams), dtype=np.float64, count=len(counts)),
        size,
        size_all,
    )
    # Partial selection first: sorting every bigram of a large corpus costs more than counting them.
    kept = np.flatnonzero(z >= np.partition(z, -top)[-top]) if top < len(z) else np.arange(len(z))
    ranked = sorted((-float(z[at]), ngrams[at]) for at in kept)[:top]
    return [{"ngram": ngram, "z": -score, "count": counts[ngram]} for score, ngram in ranked]


def _z_scores(
    y: NDArray[np.float64],  # (V,) uses of each feature in the strategy
    alpha: NDArray[np.float64],  # (V,) uses of each feature in all strategies: the prior
    size: int,
    size_all: int,
) -> NDArray[np.float64]:  # (V,)
    """Return `log_odds_z` of every feature at once."""
    here, there = y + alpha, (alpha - y) + alpha
    delta = np.log(here / (size + size_all - here)) - np.log(there / (size_all - size + size_all - there))
    z: NDArray[np.float64] = delta / np.sqrt(1 / here + 1 / there)
    return z


def compute_lexical(conversations: Iterable[Conversation], *, top: int = TOP) -> dict[str, object]:
    """Return the document of `lexical` over `conversations`."""
    features = LexicalFeatures()
    for conversation in conversations:
        features.add(conversation)
    return features.document(top=top)
