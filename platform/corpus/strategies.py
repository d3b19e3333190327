"""How strategies are used: by progress of the conversation (Fig. 4) and one after another (Table 6).

Source: Liu et al. 2021, §5.2, Figure 4 and Table 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from corpus.labels import STRATEGIES, Speaker, in_order
from corpus.record import Conversation

INTERVALS = 5
POINTS = INTERVALS + 1
"""Five fifths of a conversation, and its single last utterance."""
HOPS = (3, 4)
TOP = 5
"""Table 6 prints five transitions of each length."""

Path = tuple[str, ...]


def progress_point(k: int, length: int) -> int:
    """Return which of the six points of Fig. 4 the `k`-th of `length` utterances belongs to.

    `k` counts from one, over the utterances of both sides. Points 0 to 4 are the fifths of progress
    k / length, open at their end; point 5 is progress 1. Integers only: 0.6 * 5 is not 3 in binary.
    Source: Liu et al. 2021, §5.2.
    """
    return INTERVALS if k == length else INTERVALS * k // length


def merged(strategies: Iterable[str]) -> Path:
    """Return the sequence with equal neighbours merged into one step, across turns too (Table 6)."""
    return tuple(strategy for strategy, _ in groupby(strategies))


@dataclass(slots=True)
class StrategyUse:
    """Counts over the supporters' utterances added so far."""

    progress: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in range(POINTS)])
    transitions: dict[int, Counter[Path]] = field(default_factory=lambda: {hops: Counter() for hops in HOPS})

    def add(self, conversation: Conversation) -> None:
        """Count one more conversation."""
        length = len(conversation.utterances)
        sequence = []
        for k, utterance in enumerate(conversation.utterances, start=1):
            if utterance.speaker is Speaker.SUPPORTER and utterance.strategy is not None:
                self.progress[progress_point(k, length)][utterance.strategy] += 1
                sequence.append(utterance.strategy)
        steps = merged(sequence)
        for hops, counts in self.transitions.items():
            counts.update(steps[start : start + hops] for start in range(len(steps) - hops + 1))

    def document(self, *, top: int = TOP) -> dict[str, object]:
        """Return the numbers as the JSON document of `strategies`.

        Proportions are of all n-grams. Table 6 of the paper prints per mille under a per cent sign.
        """
        return {
            "progress": [
                {"n": counts.total(), "counts": in_order(counts, STRATEGIES)} for counts in self.progress
            ],
            "transitions": {
                str(hops): {"total": counts.total(), "top": _most_frequent(counts, top)}
                for hops, counts in self.transitions.items()
            },
        }


def _most_frequent(counts: Counter[Path], top: int) -> list[dict[str, object]]:
    total = counts.total()
    # Equal counts are ordered by path, so that the list does not depend on the order of the file.
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]
    return [{"path": list(path), "count": count, "proportion": count / total} for path, count in ranked]


def compute_strategies(conversations: Iterable[Conversation], *, top: int = TOP) -> dict[str, object]:
    """Return the document of `strategies` over `conversations`."""
    use = StrategyUse()
    for conversation in conversations:
        use.add(conversation)
    return use.document(top=top)


def shares(counts: dict[str, int], labels: Sequence[str] = STRATEGIES) -> list[float]:
    """Return each label's share of the counts, 0 to 1; all zero where nothing was counted."""
    total = sum(counts.values())
    return [counts.get(label, 0) / total if total else 0.0 for label in labels]
