"""Decide about conversations that were approved without an improvement."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection.api import Conversation, Seat
from corpus.record import Survey
from qualitycontrol.domain import intensity
from qualitycontrol.domain.intensity import Action, Decision
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.models import Assessment, AuditEvent, IntensityDecision
from qualitycontrol.services.assessments import assessment_advance
from qualitycontrol.services.audit import audit_add
from study.clock import database_now
from study.domain.errors import ApplicationError


class IntensityRefused(ApplicationError):
    """The decision cannot be taken (any more)."""

    code = "intensity_refused"


@transaction.atomic
def intensity_decide(
    assessment_id: int, *, user: AbstractBaseUser, action: Action, reason: str, value: int | None = None
) -> IntensityDecision:
    """Store a reviewer's decision; the assessment follows once enough reviewers share one.

    The same decision sent again changes nothing.

    Raises:
        IntensityRefused: the review is closed, the conversation was judged anew or withdrawn, this reviewer has
            decided otherwise before, the reason is empty, or the value is not on the scale.
    """
    assessment = (
        Assessment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conversation__pre_chat_survey", "conversation__seeker_survey", "protocol_version")
        .get(pk=assessment_id)
    )
    made = _decision(assessment, action, value)
    if earlier := IntensityDecision.objects.filter(assessment=assessment, reviewer_id=user.pk).first():
        return _again(earlier, action, made)
    _check_open(assessment)
    if not reason.strip():
        raise IntensityRefused("Please say why.")
    stored = IntensityDecision.objects.create(
        assessment=assessment,
        reviewer_id=user.pk,
        action=action,
        intensity_after=made.intensity_after,
        reason=reason.strip(),
        at=database_now(),
    )
    audit_add(assessment.conversation, user=user, action=AuditEvent.Action.INTENSITY_DECIDED, detail=action)
    _settle(assessment)
    return stored


def _again(earlier: IntensityDecision, action: Action, made: Decision) -> IntensityDecision:
    if (earlier.action, earlier.intensity_after) != (action, made.intensity_after):
        raise IntensityRefused("You have decided about this conversation already.")
    return earlier


def _decision(assessment: Assessment, action: Action, value: int | None) -> Decision:
    points = len(assessment.protocol_version.protocol.scales.intensity.points)
    after = assessment.conversation.seeker_survey.intensity_after
    if after is None:
        raise IntensityRefused("There is no final intensity to review.")
    try:
        return intensity.decision(action, after=after, points=points, value=value)
    except ValueError as error:
        raise IntensityRefused(f"This cannot be stored: {error}.") from None


def _check_open(assessment: Assessment) -> None:
    if assessment.superseded_at is not None:
        raise IntensityRefused("This conversation was judged anew meanwhile; nothing was stored.")
    if assessment.state != State.INTENSITY_QUERIED:
        raise IntensityRefused("This conversation is decided already; nothing was stored.")
    if withdrawn(assessment.conversation):
        raise IntensityRefused("A participant withdrew; nothing was stored.")


def withdrawn(conversation: Conversation) -> bool:
    """Return whether a participant of the conversation withdrew from the study."""
    seats = Seat.objects.filter(conversation=conversation)
    return seats.filter(participation__participant__withdrawn_at__isnull=False).exists()


def _settle(assessment: Assessment) -> None:
    found = settled_decision(assessment)
    if found is None:
        return
    step = intensity.event(
        found,
        before=assessment.conversation.pre_chat_survey.intensity_before,
        improvement_min=assessment.protocol_version.protocol.quality.approval.improvement_min,
    )
    decisions = IntensityDecision.objects.filter(assessment=assessment).select_related("reviewer")
    assessment_advance(
        assessment,
        step,
        now=database_now(),
        by=", ".join(decision.reviewer.get_username() for decision in decisions)[:150],
        reason="; ".join(f"{decision.action}: {decision.reason}" for decision in decisions),
    )


def settled_decision(assessment: Assessment) -> Decision | None:
    """Return what the reviewers of an assessment agreed on; None while they have not."""
    share = assessment.protocol_version.protocol.quality.review.second_intensity_reviewer_share
    second = intensity.needs_second(assessment.conversation.public_id, share=share)
    decisions = IntensityDecision.objects.filter(assessment=assessment)
    return intensity.settled(
        [Decision(decision.action == Action.EXCLUDE, decision.intensity_after) for decision in decisions],
        reviewers=2 if second else 1,
    )


def survey_revised(survey: Survey, *, intensity_after: int) -> Survey:
    """Return the survey with the reviewed intensity; the seeker's own answer is kept beside it."""
    if intensity_after == survey.intensity_after:
        return survey
    return replace(survey, intensity_after=intensity_after, original_intensity_after=survey.intensity_after)
