"""Make assessments, and move them along their lifecycle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from collection.api import Conversation, ConversationState, conversation_facts
from qualitycontrol.domain.assessment import Verdict, assess
from qualitycontrol.domain.criteria import Finding
from qualitycontrol.domain.lifecycle import Event, State, advance
from qualitycontrol.domain.report import value_document
from qualitycontrol.models import Assessment, AssessmentEvent
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models import ProtocolVersion


class ConversationNotClosed(ApplicationError):
    """Only what no longer changes is assessed."""

    code = "conversation_not_closed"
    message = "This conversation is not closed yet."


@transaction.atomic
def assessment_make(conversation_id: int, *, protocol_version: ProtocolVersion | None = None) -> Assessment:
    """Assess a closed conversation under `protocol_version`, by default its own, and return the current assessment.

    Making it again changes nothing as long as the verdict is the same. Another verdict, for example after a late
    survey, becomes a new assessment; the old one stays, marked as superseded.

    Raises:
        ConversationNotClosed: it is still going on, or never began.
        ProtocolInvalid: the protocol names a criterion that does not exist.
    """
    conversation = (
        # The lock lets one of two tasks go first; the other then finds its assessment.
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "protocol_version")
        .get(pk=conversation_id)
    )
    if conversation.state != ConversationState.CLOSED:
        raise ConversationNotClosed
    version = protocol_version or conversation.protocol_version
    facts = conversation_facts(conversation)
    verdict = assess(facts.record, finished=facts.finished_by_seeker, rules=version.protocol.quality)
    current = Assessment.objects.filter(
        conversation=conversation, protocol_version=version, superseded_at=None
    ).first()
    if current is not None and _same(current, verdict):
        return current
    now = database_now()
    if current is not None:
        current.superseded_at = now
        current.save(update_fields=["superseded_at"])
    return _store(conversation, version, verdict, now=now)


def _store(
    conversation: Conversation, version: ProtocolVersion, verdict: Verdict, *, now: datetime
) -> Assessment:
    assessment = Assessment.objects.create(
        conversation=conversation,
        protocol_version=version,
        number=Assessment.objects.filter(conversation=conversation).count() + 1,
        alternative_state=verdict.alternative_state,
        reasons=list(verdict.reasons),
        criteria=_criteria(verdict),
        utterances=verdict.utterances,
        long_enough=verdict.long_enough,
        surveyed=verdict.surveyed,
        made_at=now,
    )
    assessment_advance(assessment, verdict.event, now=now, reason=", ".join(verdict.reasons))
    return assessment


def assessment_advance(
    assessment: Assessment, event: Event, *, now: datetime, by: str = "", reason: str = ""
) -> None:
    """Take one step of the lifecycle and write it into the journal.

    Should be called while holding a SELECT FOR UPDATE lock on the assessment or its conversation.

    Raises:
        IllegalTransition: the step does not exist.
    """
    before = State(assessment.state)
    after = advance(before, event)
    assessment.state = after
    assessment.save(update_fields=["state"])
    AssessmentEvent.objects.create(
        assessment=assessment, at=now, event=event, before=before, after=after, by=by, reason=reason
    )


def _same(assessment: Assessment, verdict: Verdict) -> bool:
    return (assessment.reasons, assessment.criteria, assessment.alternative_state) == (
        list(verdict.reasons),
        _criteria(verdict),
        verdict.alternative_state,
    )


def _criteria(verdict: Verdict) -> list[dict[str, Any]]:
    return [_criterion(finding) for finding in verdict.findings.values()]


def _criterion(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "value": value_document(finding),
        "threshold": finding.threshold,
        "met": finding.met,
        "explanation": finding.explanation,
    }
