"""The manifest of a release: what lies beside the data and says where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.labels import Speaker
from corpus.record import Conversation

FORMAT = 1
"""Version of the manifest's own form."""


@dataclass(frozen=True, slots=True)
class ProtocolUse:
    """A protocol version and how many of the released conversations were held under it."""

    name: str
    version: int
    sha256: str
    conversations: int


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file of the release."""

    name: str
    sha256: str
    size_bytes: int
    records: int


def corpus_counts(records: Sequence[Conversation]) -> dict[str, Any]:
    """Return what the released records hold."""
    strategies = Counter(u.strategy for record in records for u in record.utterances if u.strategy)
    return {
        "conversations": len(records),
        "utterances": sum(len(record.utterances) for record in records),
        "seeker_utterances": sum(len(record.by(Speaker.SEEKER)) for record in records),
        "supporter_utterances": sum(len(record.by(Speaker.SUPPORTER)) for record in records),
        "feedback_scores": sum(u.feedback is not None for record in records for u in record.utterances),
        "without_survey": sum(not record.survey.complete for record in records),
        "problems": dict(sorted(Counter(record.problem for record in records).items())),
        "emotions": dict(sorted(Counter(record.emotion for record in records).items())),
        "strategies": dict(sorted(strategies.items())),
    }


def changes(before: Mapping[str, int], after: Iterable[str], *, since: int | None) -> dict[str, Any]:
    """Return what changed since an earlier release.

    `before` has the public id of each conversation of that release and its index in the released file, so that who
    holds the older files can take out what was withdrawn.
    """
    now = set(after)
    return {
        "since": since,
        "added": len(now - before.keys()),
        "kept": len(now & before.keys()),
        "removed": sorted(position for public_id, position in before.items() if public_id not in now),
    }
