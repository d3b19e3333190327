"""What a release would hold, read in one snapshot of the database while the study goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.db.models import QuerySet

from collection.api import Conversation, ConversationFacts, conversations_facts
from corpus.failed import is_failed
from corpus.record import Conversation as Record
from qualitycontrol.deidentification import Readings, pass_demanded, pass_done, readings
from qualitycontrol.domain.deidentify import deidentify
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.domain.manifest import ProtocolUse
from qualitycontrol.funnel import Funnel, funnel
from qualitycontrol.models import Assessment, IntensityDecision
from qualitycontrol.release_details import Pseudonyms, release_details
from qualitycontrol.selectors import assessments_current, conversations_under_review
from qualitycontrol.services.intensity import survey_revised
from study.models import ProtocolVersion, Study

RELEASABLE = (State.QUALIFIED, State.RELEASED)
REFUSED = (State.UNQUALIFIED, State.FILTERED_OUT)
"""What a negative release is made of; a conversation whose intensity is still under review is neither."""
CHUNK = 100
"""Conversations held in memory with all their texts at a time."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which conversations a release is about."""

    study: Study | None = None
    """None: all studies."""
    rehearsal: bool = False
    """Only conversations under rehearsal protocols; else none of them."""
    negative: bool = False
    """Those that did not help, by the published rule of FailedESConv (`corpus.failed.is_failed`)."""

    @property
    def states(self) -> tuple[State, ...]:
        """The states of an assessment that admit its conversation."""
        return REFUSED if self.negative else RELEASABLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that goes into the release."""

    conversation_id: int
    public_id: str
    assessment_id: int
    origin: str
    record: Record
    """De-identified, under the names of this release."""
    passes: tuple[int, ...] = ()
    """The readings whose marks it follows."""


@dataclass(slots=True)
class Snapshot:
    """Everything that a release is made of."""

    funnel: Funnel
    candidates: list[Candidate] = field(default_factory=list)
    protocols: list[ProtocolUse] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """How many conversations of the right state stay behind, by reason."""
    placeholders: Counter[str] = field(default_factory=Counter)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read everything inside as of one instant, without holding up the study.

    Should be called outside any transaction. SQLite's transactions are snapshots by themselves.
    """
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def release_snapshot(scope: Scope) -> Snapshot:
    """Return what a release holds now, in the order the conversations began."""
    snapshot = Snapshot(funnel=funnel(scope.study))
    uses: Counter[int] = Counter()
    under_review = conversations_under_review()
    admitting = _admitting(scope)
    assessment_of = dict(admitting.values_list("conversation_id", "pk"))
    revised = _revised_intensities(assessment_of.values())
    qualified = Conversation.objects.filter(pk__in=admitting.values("conversation_id")).order_by("pk")
    read, details, names = (
        readings(qualified),
        release_details(qualified, assessment_of),
        Pseudonyms(qualified),
    )
    for facts in conversations_facts(qualified, chunk_size=CHUNK):
        here = read.get(facts.conversation_id, Readings())
        reason = _reason_to_stay(facts, here, rehearsal=scope.rehearsal, under_review=under_review)
        if reason:
            snapshot.left_out[reason] += 1
            continue
        reviewed = _reviewed(facts.record, revised.get(facts.conversation_id))
        if scope.negative and not is_failed(reviewed):
            snapshot.left_out["not_failed"] += 1
            continue
        record, found = deidentify(reviewed, here.marks)
        snapshot.placeholders.update(found)
        uses[facts.protocol_version_id] += 1
        snapshot.candidates.append(
            Candidate(
                conversation_id=facts.conversation_id,
                public_id=facts.public_id,
                assessment_id=assessment_of[facts.conversation_id],
                origin=facts.origin,
                record=names.put(
                    details.put(record, facts.conversation_id, protocol=facts.protocol), facts.conversation_id
                ),
                passes=here.ids,
            )
        )
    snapshot.protocols = [
        ProtocolUse(version.name, version.version, version.sha256, uses[version.pk])
        for version in ProtocolVersion.objects.filter(pk__in=uses).order_by("name", "version")
    ]
    return snapshot


def _admitting(scope: Scope) -> QuerySet[Assessment]:
    query = assessments_current().filter(state__in=scope.states)
    if scope.study is not None:
        query = query.filter(conversation__study=scope.study)
    return query


def _revised_intensities(assessments: Iterable[int]) -> dict[int, int]:
    """Return the reviewed final intensity of each conversation that was reviewed."""
    # Reviewers may disagree before they agree: what the last one said is what settled it.
    decisions = IntensityDecision.objects.filter(assessment__in=list(assessments)).order_by("pk")
    return dict(decisions.values_list("assessment__conversation_id", "intensity_after"))


def _reviewed(record: Record, intensity_after: int | None) -> Record:
    if intensity_after is None:
        return record
    return replace(record, survey=survey_revised(record.survey, intensity_after=intensity_after))


def _reason_to_stay(
    facts: ConversationFacts, read: Readings, *, rehearsal: bool, under_review: set[int]
) -> str:
    if facts.protocol.rehearsal != rehearsal:
        return "rehearsal" if facts.protocol.rehearsal else "not_rehearsal"
    if facts.origin in {"practice", "agent"}:
        return str(facts.origin)
    if not facts.public_release:
        return "no_public_release"
    if facts.conversation_id in under_review:
        return "under_review"
    if pass_demanded(facts) and not pass_done(facts, read):
        return "not_deidentified"
    return ""
