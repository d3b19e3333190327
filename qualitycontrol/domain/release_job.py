"""The lifecycle of a release that is made in the background, as a table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import ApplicationError


class JobState(StrEnum):
    """Where a release job stands."""

    QUEUED = "queued"
    """It waits for a worker."""
    RUNNING = "running"
    """A worker reads, writes, draws."""
    DONE = "done"
    """The release and its figures are there."""
    FAILED = "failed"
    """It could not be made; the row says why."""
    CANCELLED = "cancelled"
    """Somebody stopped it. What was released before that stays released."""


class JobEvent(StrEnum):
    """What moves a job on."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


TRANSITIONS = MappingProxyType(
    {
        (JobState.QUEUED, JobEvent.START): JobState.RUNNING,
        # A broker may give a job out again whose worker died.
        (JobState.RUNNING, JobEvent.START): JobState.RUNNING,
        (JobState.RUNNING, JobEvent.FINISH): JobState.DONE,
        (JobState.RUNNING, JobEvent.FAIL): JobState.FAILED,
        (JobState.QUEUED, JobEvent.CANCEL): JobState.CANCELLED,
        (JobState.RUNNING, JobEvent.CANCEL): JobState.CANCELLED,
    }
)
OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobRefused(ApplicationError):
    """The job cannot take this step."""

    code = "job_refused"


def advance_job(state: JobState, event: JobEvent) -> JobState:
    """Return the state after `event`.

    Raises:
        JobRefused: the table has no such step.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise JobRefused(f"A job that is {state.value} cannot take {event.value}.") from None
