"""Notices when nobody runs the periodic jobs: beat that is missing, a worker that is deaf.

Jobs are hints and deadlines are columns, so a pause loses nothing; but it must not go unseen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery.signals import task_postrun
from django.conf import settings
from django.db import DatabaseError

from escplatform.models import JobMark
from study.clock import database_now

ALARM_SECONDS = 60.0
"""Older than this, a job that is due every few seconds is not run any more."""


def connect() -> None:
    """Begin to keep the marks in this process."""
    task_postrun.connect(_ran, dispatch_uid="escplatform.job_marks")


def _ran(*, task: Any = None, state: str | None = None, **_kwargs: Any) -> None:
    if state == "SUCCESS" and task is not None and task.name in periodic_jobs():
        try:
            JobMark.objects.update_or_create(name=task.name, defaults={"ran_at": database_now()})
        except DatabaseError:
            return  # the job itself was done; its next run leaves a mark


def periodic_jobs() -> set[str]:
    """Return the names of the jobs that beat sends."""
    return {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def job_ages(*, now: datetime | None = None) -> dict[str, float | None]:
    """Return the seconds since each periodic job last ran; None for one that never did."""
    now = now or database_now()
    marks = dict(JobMark.objects.values_list("name", "ran_at"))
    return {
        name: (now - marks[name]).total_seconds() if name in marks else None
        for name in sorted(periodic_jobs())
    }


def jobs_that_stopped(*, now: datetime | None = None) -> list[str]:
    """Return the names of the frequent jobs that have not run for `ALARM_SECONDS`, or never.

    A job that is due less often is given twice its period.
    """
    patience = {
        str(entry["task"]): max(ALARM_SECONDS, 2 * _seconds(entry["schedule"]))
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    return [name for name, age in job_ages(now=now).items() if age is None or age > patience[name]]


def _seconds(schedule: Any) -> float:
    """Return the period of a beat entry: a number, a timedelta, or a day for a crontab."""
    if isinstance(schedule, int | float):
        return float(schedule)
    if hasattr(schedule, "total_seconds"):
        return float(schedule.total_seconds())
    return 24 * 3600.0
