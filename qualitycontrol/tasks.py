"""What runs beside the requests. Tasks are hints; rows are the truth: running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from qualitycontrol.selectors import conversations_unassessed
from qualitycontrol.services.assessments import ConversationNotClosed, assessment_make
from qualitycontrol.services.flags import flags_find
from qualitycontrol.services.release_jobs import release_job_perform, release_jobs_sweep


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


# Acknowledged late, as all tasks: a job whose worker died is given out again, and goes on.
@shared_task(name="qualitycontrol.release", time_limit=3600, soft_time_limit=3500)
def release(job_id: int) -> None:
    """Make a release and draw its figures."""
    release_job_perform(job_id)


@shared_task(name="qualitycontrol.sweep_releases")
def sweep_releases() -> None:
    """Ask again for releases whose task was lost, and give up those whose worker died."""
    for job_id in release_jobs_sweep():
        release.delay(job_id)
