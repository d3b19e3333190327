"""A training's rows: who may move it, and what a worker may say of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from modeling.domain.runfile import read_run
from modeling.domain.training_lifecycle import STALE_SECONDS, IllegalTransition, State
from modeling.errors import RunFileInvalid
from modeling.models import TrainingRun
from modeling.services import trainings
from modeling.services.trainings import (
    TrainingRefused,
    training_beat,
    training_cancel,
    training_fail,
    training_finish,
    training_queue,
    training_resume,
    training_start,
    trainings_sweep,
)
from study.clock import database_now
from tests.modeling.pages import force_state, queued, stored_corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The jobs that were asked for."""
    jobs: list[dict[str, Any]] = []
    monkeypatch.setattr(
        trainings.current_app, "send_task", lambda name, **options: jobs.append({"name": name, **options})
    )
    return jobs


def test_a_training_is_queued_with_its_lineage_and_its_own_run_file(
    store: Path,
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = queued(store, seed=11, all_variants=True)
    assert (run.state, run.variant, run.seed, run.epochs) == ("queued", "joint", 11, 1)
    assert run.evaluate_as == ["joint", "oracle", "random"]
    assert read_run(run.path / "run.toml").seed == 11
    assert "# A small one for tests." in (run.path / "run.toml").read_text()
    assert run.corpus_path.exists()
    assert run.corpus_conversations == 20
    assert sent == [{"name": "modeling.train", "args": [run.pk], "queue": "model", "expires": None}]


@pytest.mark.parametrize(
    ("changes", "error", "because"),
    [
        ({"run_file": "../secret"}, RunFileInvalid, "no run file"),
        ({"seed": 2**31}, TrainingRefused, "between 0 and"),
    ],
)
def test_an_unknown_run_file_or_seed_is_refused(
    store: Path, changes: dict[str, Any], error: type[Exception], because: str
) -> None:
    with pytest.raises(error, match=because):
        queued(store, **changes)
    assert not TrainingRun.objects.exists()


def test_without_the_libraries_the_sentence_says_what_to_install(
    store: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = stored_corpus(store)
    monkeypatch.setattr(trainings, "missing_libraries", lambda: ["torch", "accelerate"])
    settings.EMBEDDED = True
    with pytest.raises(
        TrainingRefused, match=r"torch, accelerate, which are .*pip install -e '\.\[modeling\]'"
    ):
        training_queue(corpus, run_file="small", by="ada", upload_name="c.json")
    # In production another machine trains; this one's libraries say nothing.
    settings.EMBEDDED = False
    assert training_queue(corpus, run_file="small", by="ada", upload_name="c.json").state == "queued"


def test_a_training_is_started_once(store: Path) -> None:
    run = queued(store)
    started = training_start(run.pk)
    assert started is not None
    assert (started.state, started.attempt) == ("running", 1)
    assert training_start(run.pk) is None


def test_no_more_trainings_run_than_the_setting_says(store: Path, settings: Settings) -> None:
    first, second = queued(store), queued(store)
    assert training_start(first.pk) is not None
    assert training_start(second.pk) is None
    settings.PARALLEL_TRAININGS = 2
    assert training_start(second.pk) is not None


def test_every_step_is_written_down(store: Path) -> None:
    run = queued(store)
    started = training_start(run.pk)
    assert started is not None
    training_fail(started, reason="The disk is full.")
    training_resume(run.pk, by="ada")
    training_cancel(run.pk, by="bob")
    steps = [(e.event, e.before, e.after, e.by, e.reason) for e in run.events.all()]
    assert steps == [
        ("start", "queued", "running", "", ""),
        ("fail", "running", "failed", "", "The disk is full."),
        ("resume", "failed", "queued", "ada", ""),
        ("cancel", "queued", "cancelled", "bob", ""),
    ]


@pytest.mark.parametrize("state", [State.FINISHED, State.FAILED, State.CANCELLED])
def test_what_is_over_cannot_be_cancelled(store: Path, state: State) -> None:
    run = queued(store)
    force_state(run, state)
    with pytest.raises(IllegalTransition):
        training_cancel(run.pk, by="ada")
    assert not run.events.exists()


def test_a_worker_whose_training_was_cancelled_and_resumed_has_no_say(store: Path) -> None:
    run = queued(store)
    old = training_start(run.pk)
    assert old is not None
    assert training_beat(old, phase="train", progress=None, left=None)
    training_cancel(run.pk, by="ada")
    assert not training_beat(old, phase="train", progress=None, left=None)
    training_resume(run.pk, by="ada")
    new = training_start(run.pk)
    assert new is not None
    assert not training_beat(old, phase="train", progress=None, left=None)
    training_finish(old)
    training_fail(old, reason="late")
    run.refresh_from_db()
    assert (run.state, run.attempt, run.message) == ("running", 2, "")
    assert training_beat(new, phase="train", progress=None, left=None)


def test_a_training_without_a_sign_of_life_fails_and_can_be_resumed(
    store: Path, sent: list[dict[str, Any]]
) -> None:
    run = queued(store)
    assert training_start(run.pk) is not None
    now = database_now()
    TrainingRun.objects.update(heartbeat_at=now - timedelta(seconds=STALE_SECONDS - 30))
    assert trainings_sweep() == []
    TrainingRun.objects.update(heartbeat_at=now - timedelta(seconds=STALE_SECONDS + 1))
    assert trainings_sweep() == [run]
    run.refresh_from_db()
    assert run.state == "failed"
    assert "resume the training" in run.message
    assert training_resume(run.pk, by="ada").state == "queued"


def test_a_queued_training_whose_job_was_lost_is_asked_for_again(
    store: Path, sent: list[dict[str, Any]]
) -> None:
    run = queued(store)
    trainings_sweep()
    assert [(job["args"], job["queue"], job["expires"]) for job in sent] == [([run.pk], "model", 15)]
