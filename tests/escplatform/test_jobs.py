"""Every registered job, run a second time and several times at once: what was done is not done again.

A queue may deliver twice, beat may run twice, a worker may die between the effect and its acknowledgement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import Settings

from collection.domain.lifecycle import State
from collection.services.leaving import participation_leave
from collection.services.lobby import ticket_open
from collection.services.programs import practice_start
from escplatform.celery import app
from modeling.domain.training_lifecycle import State as TrainingState
from modeling.services.agents import agent_conversation_start, agent_create, agent_switch
from modeling.services.previews import preview_say
from qualitycontrol.services.release_jobs import release_job_cancel, release_job_queue
from study.clock import database_now
from study.models import Participation
from study.models.participant import Role
from tests.modeling.pages import force_state, queued, write_run_file
from tests.support.factories import Pair, make_conversation, make_older, make_participation, make_study
from tests.support.threads import at_once

LATE_SECONDS = 2 * 3600.0
NOT_OURS = {"celery"}


@pytest.fixture(scope="module", autouse=True)
def registered() -> None:
    app.loader.import_default_modules()


def ours() -> list[str]:
    return sorted(name for name in app.tasks if name.split(".")[0] not in NOT_OURS)


def closed_conversation(_folder: Path) -> tuple[int]:
    return (make_conversation(state=State.CLOSED).conversation.pk,)


def practice(_folder: Path) -> tuple[int]:
    """A practice in which the program is to speak: the pause after the seeker's message is over."""
    seeker = make_participation(make_study(is_demo=True), role=Role.SEEKER)
    conversation = practice_start(seeker)
    return (conversation.pk,)


def finished_training(folder: Path) -> tuple[int]:
    run = queued(folder)
    force_state(run, TrainingState.FINISHED)
    return (run.pk,)


def everything_overdue(_folder: Path) -> tuple[()]:
    """One conversation past its deadline in every state, and somebody who has waited for hours."""
    study = make_study()
    for state in State:
        if state is not State.CANCELLED:
            make_older(make_conversation(study, state=state), seconds=LATE_SECONDS)
    ticket_open(make_participation(study))
    return ()


def agent_to_answer(_folder: Path) -> tuple[int]:
    """A seeker who waits for an agent; it types for ten seconds before the message is sent."""
    pace = {"pause_seconds": 0, "characters_per_second": 1, "longest_seconds": 10}
    agent = agent_create(name="Script", kind="scripted", by="ada", config={"pace": pace})
    conversation = agent_conversation_start(make_participation(), agent)
    seats = {seat.role: seat for seat in conversation.seats.all()}
    pair = Pair(conversation=conversation, seeker=seats[Role.SEEKER], supporter=seats[Role.SUPPORTER])
    pair.say(Role.SEEKER)
    make_older(pair, seconds=5)
    return (conversation.pk,)


def preview_to_answer(_folder: Path) -> tuple[int]:
    agent = agent_create(name="Script", kind="scripted", by="ada")
    return (preview_say(agent, by="ada", text="Hello.").pk,)


def agent_to_load(_folder: Path) -> tuple[()]:
    agent_switch(agent_create(name="Script", kind="scripted", by="ada"), practice=True)
    return ()


def cancelled_release(_folder: Path) -> tuple[int]:
    """A late delivery; one that goes on reads in a snapshot of its own, which a test's transaction does not allow."""
    job = release_job_queue(make_study(), name="first", rehearsal=False, negative=False, by="ada")
    release_job_cancel(job.pk)
    return (job.pk,)


def kept_for_years(_folder: Path) -> tuple[()]:
    """Somebody who left years ago without a conversation."""
    participation = make_participation()
    participation_leave(participation)
    long_ago = database_now() - timedelta(days=4000)
    Participation.objects.filter(pk=participation.pk).update(ended_at=long_ago)
    return ()


ARGUMENTS: dict[str, Callable[[Path], tuple[int, ...]]] = {
    "collection.scripted_turn": practice,
    "collection.sweep_deadlines": everything_overdue,
    "modeling.agent_preview": preview_to_answer,
    "modeling.agent_turn": agent_to_answer,
    "modeling.agents_warm_up": agent_to_load,
    "modeling.sweep_agents": everything_overdue,
    "modeling.sweep_trainings": everything_overdue,
    "modeling.train": finished_training,
    "qualitycontrol.assess": closed_conversation,
    "qualitycontrol.release": cancelled_release,
    "qualitycontrol.sweep_assessments": everything_overdue,
    "qualitycontrol.sweep_releases": everything_overdue,
    "study.retention": kept_for_years,
}
"""What each job finds to do, and how it is called. A new job needs a line."""


def rows() -> dict[str, str]:
    """Return a digest of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MODELS, settings.RELEASES = tmp_path / "models", tmp_path / "releases"
    write_run_file(tmp_path / "runs")
    monkeypatch.setattr("modeling.run_files.FOLDER", tmp_path / "runs")
    return tmp_path


def test_every_job_has_a_line() -> None:
    assert ours() == sorted(ARGUMENTS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_a_second_delivery_changes_nothing(name: str, folder: Path) -> None:
    arguments = ARGUMENTS[name](folder)
    job = app.tasks[name].run
    job(*arguments)
    once = rows()
    job(*arguments)
    assert rows() == once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_deliveries_at_the_same_instant_do_what_one_does(name: str, folder: Path) -> None:
    arguments = ARGUMENTS[name](folder)
    job = app.tasks[name].run
    assert at_once([partial(job, *arguments)] * 4) == [None] * 4
    together = rows()
    job(*arguments)
    assert rows() == together
