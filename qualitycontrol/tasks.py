"""What runs beside the requests. Tasks are hints; rows are the truth: running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from qualitycontrol.selectors import conversations_unassessed
from qualitycontrol.services.assessments import ConversationNotClosed, assessment_make
from qualitycontrol.services.flags import flags_find


@shared_task(name="qualitycontrol.assess")
def assess(conversation_id: int) -> None:
    """Assess a conversation that is closed and flag it; one that is not will be announced again when it is."""
    try:
        assessment_make(conversation_id)
    except ConversationNotClosed:
        return
    flags_find(conversation_id)


@shared_task(name="qualitycontrol.sweep_assessments")
def sweep_assessments() -> None:
    """Find closed conversations that nobody assessed, because a task was lost, and ask for it again."""
    for conversation_id in conversations_unassessed(limit=100):
        assess.delay(conversation_id)
