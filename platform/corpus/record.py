"""The record: one conversation as the platform releases it and as every reader returns it.

Everything in this package takes and returns these frozen values. Scores are integers here;
the published files write them as strings (`corpus.esconv`).
Source: Liu et al. 2021, §4.1, §4.2 and Table 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.labels import Speaker


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sent message. Consecutive messages of one speaker stay apart."""

    speaker: Speaker
    text: str
    strategy: str | None = None
    """Canonical label of the supporter's strategy, after correction; None for the seeker."""
    feedback: int | None = None
    """1..5, the helpfulness the seeker reported just before this message; None when nothing was rated."""
    original_strategy: str | None = None
    """What the supporter chose, where a review changed it; else None."""
    votes: tuple[str, ...] = ()
    """The labels that reviewers gave, in the order given."""
    rates: tuple[int, ...] = ()
    """Zero-based indices of the supporter utterances that `feedback` is about; empty where unknown."""
    offset_seconds: float | None = None
    """Seconds since the conversation's first utterance; None where the source has no times."""
    review: str | None = None
    """What the review of the strategy came to, one of `corpus.labels.STRATEGY_REVIEWS`; None where there was none."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The answers of both sides before and after the conversation; None where unanswered."""

    intensity_before: int | None = None
    intensity_after: int | None = None
    empathy: int | None = None
    relevance: int | None = None
    detail: int | None = None
    """The supporter's rating of the seeker's detail; the published files call it supporter "relevance" (0..5)."""
    original_intensity_after: int | None = None
    """What the seeker answered, where a review changed it; else None."""
    seeker_liked: str = ""
    seeker_improve: str = ""
    supporter_liked: str = ""
    supporter_improve: str = ""
    intensity_review: str | None = None
    """What a review of the final intensity came to, one of `corpus.labels.INTENSITY_REVIEWS`; else None."""

    @property
    def complete(self) -> bool:
        """Whether the seeker's post-chat survey was done (§4.3)."""
        return None not in (self.intensity_after, self.empathy, self.relevance)

    @property
    def improvement(self) -> int | None:
        """Emotion intensity before minus after, so positive is good (Table 1); None where unanswered."""
        if self.intensity_before is None or self.intensity_after is None:
            return None
        return self.intensity_before - self.intensity_after


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation with its surveys and annotations."""

    experience: str
    emotion: str
    problem: str
    situation: str
    survey: Survey
    utterances: tuple[Utterance, ...]
    id: str | None = None
    """The release's pseudonym of the conversation; None where the source has no ids."""
    seeker_id: str | None = None
    supporter_id: str | None = None
    minutes: float | None = None
    """From the first to the last utterance."""
    criteria: dict[str, object] = field(default_factory=dict, hash=False)
    """Value, threshold and outcome per approval criterion, as the manifest's protocol defines them."""
    flags: dict[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    """What a researcher should look at: the flag's name, and zero-based indices of the utterances it is about."""

    def by(self, speaker: Speaker) -> tuple[Utterance, ...]:
        """Return the utterances of one side, in order."""
        return tuple(u for u in self.utterances if u.speaker is speaker)


def feedback_scores(utterances: Iterable[Utterance]) -> list[int]:
    """Return the seeker's in-chat feedback scores in the order given (§4.2)."""
    return [u.feedback for u in utterances if u.feedback is not None]
