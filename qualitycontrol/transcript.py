"""One conversation as the researchers read it: transcript, surveys, verdict, journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collection.api import (
    Conversation,
    ConversationEvent,
    Seat,
    StrategyRevision,
    Utterance,
    chosen_strategy,
    current_strategy,
)
from qualitycontrol.domain.assessment import (
    IMPROVEMENT,
    LAST_FEEDBACK,
    NOT_FINISHED,
    SUPPORTER_CRITERIA,
    TOO_SHORT,
)
from qualitycontrol.domain.criteria import CRITERIA
from qualitycontrol.models import Assessment, AssessmentEvent
from study.domain.protocol import Protocol, Quality, Scale
from study.models.participant import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance."""

    ordinal: int
    role: str
    text: str
    seconds: int | None
    """Since the first utterance; None where the times are unknown."""
    strategy: str
    original_strategy: str
    """What the supporter chose first, where it was changed."""
    request: int | None
    """Number of the feedback request that this message belongs to."""
    score: str
    """The seeker's score of that request, in number and words; empty where unanswered."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the journal."""

    at: datetime
    what: str
    before: str
    after: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who sat in one seat, and how it ended for them."""

    role: str
    occupant: str
    """The program's key; empty for a person."""
    participant: str
    """The person's pseudonym; empty for a program and for an import."""
    participation: str
    """The number that the participant can name to the study team."""
    outcome: str
    exit_status: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of a strategy."""

    ordinal: int
    old: str
    new: str
    source: str
    by: str
    at: datetime
    reason: str


def people(conversation: Conversation) -> list[Person]:
    """Return both seats, the seeker's first; programs and imported sides without pseudonym."""
    seats = Seat.objects.filter(conversation=conversation).select_related("participation__participant")
    return [_person(seat) for seat in seats.order_by("role")]


def _person(seat: Seat) -> Person:
    human = seat.participation
    return Person(
        role=str(Role(seat.role).label),
        occupant="" if seat.occupant == Seat.HUMAN else seat.occupant,
        participant=human.participant.public_id if human else "",
        participation=human.public_id if human else "",
        outcome=seat.outcome.replace("_", " "),
        exit_status=seat.exit_status,
    )


def revisions(conversation: Conversation) -> list[Revision]:
    """Return every change of a strategy, in the order it was made."""
    protocol = conversation.protocol_version.protocol
    rows = StrategyRevision.objects.filter(utterance__conversation=conversation).select_related("utterance")
    return [
        Revision(
            ordinal=row.utterance.ordinal,
            old=protocol.strategy(row.old).name,
            new=protocol.strategy(row.new).name,
            source=row.source,
            by=row.by,
            at=row.at,
            reason=row.reason,
        )
        for row in rows.order_by("pk")
    ]


def transcript(conversation: Conversation) -> list[Line]:
    """Return the utterances in order, each with its strategy and the score that is about it."""
    protocol = conversation.protocol_version.protocol
    utterances = list(
        Utterance.objects.filter(conversation=conversation)
        .select_related("seat", "feedback_request")
        .prefetch_related("revisions")
        .order_by("ordinal")
    )
    start = next((u.sent_at for u in utterances if u.sent_at is not None), None)
    return [_line(protocol, utterance, start=start) for utterance in utterances]


def _line(protocol: Protocol, utterance: Utterance, *, start: datetime | None) -> Line:
    current, chosen = current_strategy(utterance), chosen_strategy(utterance)
    request = utterance.feedback_request
    sent = utterance.sent_at
    return Line(
        ordinal=utterance.ordinal,
        role=utterance.seat.role,
        text=utterance.text,
        seconds=int((sent - start).total_seconds()) if sent is not None and start is not None else None,
        strategy=protocol.strategy(current).name if current else "",
        original_strategy=protocol.strategy(chosen).name if chosen and current != chosen else "",
        request=request.number if request else None,
        score=_scored(protocol.scales.feedback, request.score) if request else "",
    )


def _scored(scale: Scale, value: int | None) -> str:
    if value is None:
        return ""
    # An import may hold a value that the scale has no words for.
    words = scale.label(value) if 1 <= value <= len(scale.points) else ""
    return f"{value} ({words})" if words else str(value)


def surveys(conversation: Conversation) -> list[tuple[str, str]]:
    """Return the answers of both sides as pairs of question and answer; unanswered ones with an empty answer."""
    protocol = conversation.protocol_version.protocol
    before = getattr(conversation, "pre_chat_survey", None)
    seeker = getattr(conversation, "seeker_survey", None)
    supporter = getattr(conversation, "supporter_survey", None)
    scales = protocol.scales
    pairs: list[tuple[str, str]] = []
    if before is not None:
        pairs += [
            ("Problem", _option(protocol.problems, before.problem)),
            ("Emotion", _option(protocol.emotions, before.emotion)),
            ("Experience", _option(protocol.experiences, before.experience)),
            ("Situation", before.situation),
            ("Intensity before", _scored(scales.intensity, before.intensity_before)),
        ]
    if seeker is not None:
        pairs += [
            ("Intensity after", _scored(scales.intensity, seeker.intensity_after)),
            ("Empathy of the supporter", _scored(scales.empathy, seeker.empathy)),
            ("Relevance of the answers", _scored(scales.relevance, seeker.relevance)),
            ("How it ended", seeker.ending),
            ("The seeker liked", seeker.liked),
            ("The seeker would improve", seeker.improve),
        ]
    if supporter is not None:
        pairs += [
            ("Detail of the seeker", _scored(scales.detail, supporter.detail)),
            ("The supporter liked", supporter.liked),
            ("The supporter would improve", supporter.improve),
        ]
    return pairs


def _option(options: Any, key: str) -> str:
    return next((option.name for option in options if option.key == key), key)


def reason_sentences(assessment: Assessment) -> list[str]:
    """Return the reasons of an assessment as sentences with the protocol's numbers."""
    quality = assessment.protocol_version.protocol.quality
    explanations = {criterion["name"]: criterion["explanation"] for criterion in assessment.criteria}
    return [_sentence(reason, assessment, quality, explanations) for reason in assessment.reasons]


def _sentence(reason: str, assessment: Assessment, quality: Quality, explanations: Mapping[str, str]) -> str:
    if reason == NOT_FINISHED:
        return "The seeker did not finish the conversation."
    if reason == TOO_SHORT:
        return (
            f"It has {assessment.utterances} utterances; at least {quality.filter.min_utterances} are needed."
        )
    if reason == SUPPORTER_CRITERIA:
        names = quality.approval.supporter_criteria
        met = sum(1 for c in assessment.criteria if c["name"] in names and c["met"])
        return (
            f"{met} of the {len(names)} criteria of the supporter are met; "
            f"{quality.approval.supporter_criteria_needed} are needed."
        )
    if reason == IMPROVEMENT:
        return "Approved, but the emotion intensity did not fall: it is reviewed by a person."
    sentence = explanations[reason]
    return f"There is no post-chat survey. {sentence}" if reason == LAST_FEEDBACK else sentence


def criteria_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the stored criteria with their titles, for the verdict card."""
    return [
        {
            **criterion,
            "title": CRITERIA[criterion["name"]].title
            if criterion["name"] in CRITERIA
            else criterion["name"],
            "shown": _shown(criterion["value"]),
        }
        for criterion in assessment.criteria
    ]


def _shown(value: float | list[int] | None) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else f"{value:.2f}".rstrip("0").rstrip(".")


def journal(conversation: Conversation) -> list[Step]:
    """Return everything that happened to the conversation and its assessments, in order of time."""
    steps = [
        Step(e.at, e.event, e.before, e.after, _role(e.role), e.reason)
        for e in ConversationEvent.objects.filter(conversation=conversation)
    ]
    steps += [
        Step(
            e.at, f"assessment {e.assessment.number}: {e.event}", e.before, e.after, e.by or "rule", e.reason
        )
        for e in AssessmentEvent.objects.filter(assessment__conversation=conversation).select_related(
            "assessment"
        )
    ]
    return sorted(steps, key=lambda step: step.at)


def _role(role: str) -> str:
    return str(Role(role).label) if role else ""
