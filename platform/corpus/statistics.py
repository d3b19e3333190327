"""The numbers of Tables 2 and 3: sizes, lengths, labels, scores, and feedback by phase.

Everything is gathered in one pass that keeps counts, never conversations.
Source: Liu et al. 2021, §4.2, §5.1, Tables 2 and 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from corpus.labels import EXPERIENCES, STRATEGIES, Speaker, in_order
from corpus.record import Conversation
from corpus.tokens import Tokenizer, tokenize

PHASES = 3
SCORES = range(1, 6)


@dataclass(slots=True)
class Mean:
    """A running mean of numbers."""

    n: int = 0
    total: float = 0

    def add(self, value: float) -> None:
        """Count one more value."""
        self.n += 1
        self.total += value

    @property
    def value(self) -> float | None:
        """The mean; None when nothing was counted."""
        return self.total / self.n if self.n else None


def phase_of(k: int, length: int) -> int:
    """Return the third of a conversation, 0 to 2, that its `k`-th of `length` utterances is in.

    `k` counts from one. Integers only: 0.6 * 5 is not 3 in binary fractions.
    Source: Liu et al. 2021, §4.2 (feedback in three phases).
    """
    return min(PHASES - 1, PHASES * k // length)


@dataclass(slots=True)
class Statistics:
    """Counts over the conversations added so far."""

    conversations: int = 0
    utterances: Counter[Speaker] = field(default_factory=Counter)
    tokens: Counter[Speaker] = field(default_factory=Counter)
    problem: Counter[str] = field(default_factory=Counter)
    emotion: Counter[str] = field(default_factory=Counter)
    experience: Counter[str] = field(default_factory=Counter)
    feedback: Counter[int] = field(default_factory=Counter)
    strategy: Counter[str] = field(default_factory=Counter)
    before: Mean = field(default_factory=Mean)
    after: Mean = field(default_factory=Mean)
    minutes: Mean = field(default_factory=Mean)
    phases: list[Mean] = field(default_factory=lambda: [Mean() for _ in range(PHASES)])

    def add(self, conversation: Conversation, *, tokenize: Tokenizer = tokenize) -> None:
        """Count one more conversation."""
        self.conversations += 1
        self.problem[conversation.problem] += 1
        self.emotion[conversation.emotion] += 1
        self.experience[conversation.experience] += 1
        for mean, value in (
            (self.before, conversation.survey.intensity_before),
            (self.after, conversation.survey.intensity_after),
            (self.minutes, conversation.minutes),
        ):
            if value is not None:
                mean.add(value)
        length = len(conversation.utterances)
        for k, utterance in enumerate(conversation.utterances, start=1):
            self.utterances[utterance.speaker] += 1
            self.tokens[utterance.speaker] += len(tokenize(utterance.text))
            if utterance.strategy is not None:
                self.strategy[utterance.strategy] += 1
            if utterance.feedback is not None:
                self.feedback[utterance.feedback] += 1
                self.phases[phase_of(k, length)].add(utterance.feedback)

    def document(self) -> dict[str, object]:
        """Return the numbers as the JSON document of `statistics`; a mean of nothing is null."""
        utterances, tokens = _by_side(self.utterances), _by_side(self.tokens)
        return {
            "conversations": self.conversations,
            "utterances": utterances,
            "mean_conversation_length": {
                side: _ratio(n, self.conversations) for side, n in utterances.items()
            },
            "mean_utterance_length": {side: _ratio(tokens[side], n) for side, n in utterances.items()},
            "problem": _descending(self.problem),
            "emotion": _descending(self.emotion),
            "experience": in_order(self.experience, EXPERIENCES),
            "feedback": {str(score): self.feedback[score] for score in SCORES},
            "strategy": in_order(self.strategy, STRATEGIES),
            "intensity": {
                "before_mean": self.before.value,
                "after_mean": self.after.value,
                "after_n": self.after.n,
            },
            "feedback_phases": [{"n": phase.n, "mean": phase.value} for phase in self.phases],
            "minutes_mean": self.minutes.value,
        }


def compute_statistics(
    conversations: Iterable[Conversation], *, tokenize: Tokenizer = tokenize
) -> dict[str, object]:
    """Return the document of `statistics` over `conversations`."""
    statistics = Statistics()
    for conversation in conversations:
        statistics.add(conversation, tokenize=tokenize)
    return statistics.document()


def _descending(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _by_side(counts: Counter[Speaker]) -> dict[str, int]:
    return {
        "total": counts.total(),
        "supporter": counts[Speaker.SUPPORTER],
        "seeker": counts[Speaker.SEEKER],
    }


def _ratio(total: float, n: int) -> float | None:
    return total / n if n else None
