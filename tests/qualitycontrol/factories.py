"""Records on and around the thresholds of Table 1. Words are plain, so that a word is a token."""

from __future__ import annotations

from corpus.labels import Speaker
from corpus.record import Conversation, Survey, Utterance
from study import protocol_files
from study.domain.protocol import Protocol, Quality

ON_EVERY_THRESHOLD = Survey(intensity_before=4, intensity_after=3, empathy=3, relevance=4, detail=1)
NO_SURVEY = Survey(intensity_before=4)


def words(count: int) -> str:
    """Return `count` words."""
    return " ".join(["word"] * count)


def make_record(
    *,
    pairs: int = 8,
    seeker_words: int = 6,
    supporter_words: int = 8,
    survey: Survey = ON_EVERY_THRESHOLD,
    feedback: tuple[int, ...] = (),
    strategy: str = "Question",
) -> Conversation:
    """Return a record of `pairs` exchanges; the last seeker messages carry `feedback`, in order."""
    utterances: list[Utterance] = []
    silent = pairs - len(feedback)
    for index in range(pairs):
        score = feedback[index - silent] if index >= silent else None
        utterances.append(Utterance(Speaker.SEEKER, words(seeker_words), feedback=score))
        utterances.append(Utterance(Speaker.SUPPORTER, words(supporter_words), strategy=strategy))
    return Conversation(
        experience="Current Experience",
        emotion="anxiety",
        problem="job crisis",
        situation="My work worries me.",
        survey=survey,
        utterances=tuple(utterances),
    )


def default_protocol() -> Protocol:
    """Return the protocol of the paper."""
    protocol, _sha256 = protocol_files.read_protocol()
    return protocol


def default_rules() -> Quality:
    """Return the quality rules of the paper."""
    return default_protocol().quality
