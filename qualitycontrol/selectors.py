"""Reads of the qualitycontrol room."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet

from collection.api import Conversation, ConversationState
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.models import Assessment, DeidentificationPass, IntensityDecision, Judgement
from qualitycontrol.review_queue import conversations_pending


def assessments_current() -> QuerySet[Assessment]:
    """Return the assessments that count: under each conversation's own protocol version, not superseded."""
    return Assessment.objects.filter(
        superseded_at=None, protocol_version=F("conversation__protocol_version")
    ).select_related("conversation", "protocol_version")


def assessment_current(conversation: Conversation) -> Assessment | None:
    """Return the assessment that counts for a conversation."""
    return assessments_current().filter(conversation=conversation).first()


def conversations_unassessed(*, limit: int) -> list[int]:
    """Return the ids of closed conversations without a current assessment, oldest first."""
    current = Assessment.objects.filter(
        conversation=OuterRef("pk"), protocol_version=OuterRef("protocol_version"), superseded_at=None
    )
    unassessed = Conversation.objects.filter(~Exists(current), state=ConversationState.CLOSED)
    return list(unassessed.order_by("pk").values_list("pk", flat=True)[:limit])


def conversations_under_review() -> set[int]:
    """Return the ids of conversations with a review that is not decided, or that somebody is reading now."""
    reading = DeidentificationPass.objects.filter(completed_at=None)
    return {
        *conversations_pending().values_list("pk", flat=True),
        *reading.values_list("conversation_id", flat=True),
    }


def intensity_queue(user_id: int) -> QuerySet[Assessment]:
    """Return the assessments whose intensity this reviewer may decide about, oldest first."""
    own = IntensityDecision.objects.filter(assessment=OuterRef("pk"), reviewer_id=user_id)
    return (
        assessments_current()
        .filter(~Exists(own), state=State.INTENSITY_QUERIED)
        .exclude(conversation__seats__participation__participant__withdrawn_at__isnull=False)
        .select_related("conversation__pre_chat_survey", "conversation__seeker_survey")
        .order_by("pk")
    )


def judgements_by_conversation() -> dict[int, dict[str, bool]]:
    """Return each judged conversation's judgements, good (True) or bad by annotator."""
    found: dict[int, dict[str, bool]] = {}
    for judgement in Judgement.objects.order_by("conversation_id", "annotator"):
        found.setdefault(judgement.conversation_id, {})[judgement.annotator] = judgement.good
    return found
