"""Nobody runs the periodic jobs: it is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from escplatform.job_marks import ALARM_SECONDS, _ran, job_ages, jobs_that_stopped, periodic_jobs
from escplatform.models import JobMark
from study.clock import database_now

pytestmark = pytest.mark.django_db
SWEEP = "collection.sweep_deadlines"


class Task:
    def __init__(self, name: str) -> None:
        self.name = name


def test_what_never_ran_has_stopped() -> None:
    assert set(jobs_that_stopped()) == periodic_jobs()
    assert job_ages()[SWEEP] is None


def test_a_run_leaves_a_mark_and_the_next_one_renews_it() -> None:
    for _run in range(2):
        _ran(task=Task(SWEEP), state="SUCCESS")
    assert JobMark.objects.filter(name=SWEEP).count() == 1
    assert SWEEP not in jobs_that_stopped()
    later = database_now() + timedelta(seconds=ALARM_SECONDS + 1)
    assert SWEEP in jobs_that_stopped(now=later)


def test_failures_and_other_tasks_leave_none() -> None:
    _ran(task=Task(SWEEP), state="FAILURE")
    _ran(task=Task("collection.scripted_turn"), state="SUCCESS")
    assert not JobMark.objects.exists()


def test_a_rare_job_has_twice_its_period(settings: object) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"daily": {"task": "daily", "schedule": timedelta(days=1)}}  # type: ignore[attr-defined]
    JobMark.objects.create(name="daily", ran_at=database_now() - timedelta(hours=47))
    assert jobs_that_stopped() == []
    assert jobs_that_stopped(now=database_now() + timedelta(hours=2)) == ["daily"]


def test_a_web_process_stays_ready_and_says_what_stopped() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert f"warning: {SWEEP} has not run lately" in answer.content.decode()
    for name in periodic_jobs():
        _ran(task=Task(name), state="SUCCESS")
    assert Client().get("/readyz").content == b"ok"
