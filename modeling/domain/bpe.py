"""Byte-pair merges learned from words, the same for the same words.

The learner of the `tokenizers` library breaks ties between pairs by the order of a hash map when words carry an end
mark, so two runs of one seed would get two vocabularies.
Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

END_OF_WORD = "</w>"
"""Marks a symbol that ends its word."""

Pair = tuple[str, str]


class MergeLearner:
    """Words as symbols, with the counts of neighbouring pairs kept up to date."""

    def __init__(self, words: Mapping[str, int]) -> None:
        """Start from single characters; `words` maps each word to how often it occurs."""
        self._frequencies = list(words.values())
        self._words = [[*word[:-1], word[-1] + END_OF_WORD] for word in words]
        self._counts: Counter[Pair] = Counter()
        self._where: defaultdict[Pair, set[int]] = defaultdict(set)
        for index in range(len(self._words)):
            self._count(index, sign=1)
        self._heap = [(-count, pair) for pair, count in self._counts.items()]
        heapq.heapify(self._heap)

    @property
    def symbols(self) -> set[str]:
        """The symbols that the words are made of now."""
        return {symbol for word in self._words for symbol in word}

    def merge(self) -> Pair | None:
        """Join the most frequent pair everywhere and return it; None where no pair occurs twice.

        Among equally frequent pairs the alphabetically first is taken.
        """
        while self._heap:
            count, pair = heapq.heappop(self._heap)
            if -count != self._counts[pair]:  # an outdated entry; the pair's own one is elsewhere in the heap
                continue
            if -count < 2:
                return None
            for index in sorted(self._where[pair]):
                self._count(index, sign=-1)
                self._words[index] = _joined(self._words[index], pair)
                self._count(index, sign=1)
            return pair
        return None

    def _count(self, index: int, *, sign: int) -> None:
        word = self._words[index]
        for pair in pairwise(word):
            self._counts[pair] += sign * self._frequencies[index]
            (self._where[pair].add if sign > 0 else self._where[pair].discard)(index)
            if hasattr(self, "_heap"):
                heapq.heappush(self._heap, (-self._counts[pair], pair))


def learn_merges(words: Mapping[str, int], *, entries: int) -> tuple[list[str], list[Pair]]:
    """Return at most `entries` symbols, characters first, and the merges that make the longer ones, in order.

    Every character of `words` is kept, even where they alone are more than `entries`.
    """
    learner = MergeLearner({word: count for word, count in words.items() if word})
    # Each character with and without the end mark, so that a new word of known characters can be read.
    characters = {symbol.removesuffix(END_OF_WORD) for symbol in learner.symbols}
    symbols = sorted([*characters, *(character + END_OF_WORD for character in characters)])
    known = set(symbols)
    merges: list[Pair] = []
    while len(symbols) < entries and (pair := learner.merge()) is not None:
        merges.append(pair)
        if "".join(pair) not in known:
            known.add("".join(pair))
            symbols.append("".join(pair))
    return symbols, merges


def _joined(word: list[str], pair: Pair) -> list[str]:
    joined: list[str] = []
    position = 0
    while position < len(word):
        if tuple(word[position : position + 2]) == pair:
            joined.append("".join(pair))
            position += 2
        else:
            joined.append(word[position])
            position += 1
    return joined
