"""Real trainings in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeling import child
from modeling.models import TrainingRun
from modeling.reports.log import read_log
from modeling.services import work
from modeling.services.trainings import training_cancel, training_resume
from modeling.tasks import train
from tests.modeling.pages import queued, write_run_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "POLL_SECONDS", 0.1)


@pytest.fixture
def on_beat(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any, dict[str, Any]], None]], None]:
    """Let something happen just before the worker gives a sign of life."""
    beat = work.training_beat

    def use(action: Callable[[Any, dict[str, Any]], None]) -> None:
        def beat_after(run: TrainingRun, **said: Any) -> bool:
            action(run, said)
            return beat(run, **said)

        monkeypatch.setattr(work, "training_beat", beat_after)

    return use


@pytest.mark.slow
def test_a_training_is_cancelled_resumed_and_finished(store: Path, on_beat: Any) -> None:
    write_run_file(store / "runs", epochs=8, save_every_steps=0)
    run = queued(store)

    def cancel_when_saved(_run: TrainingRun, said: dict[str, Any]) -> None:
        row = TrainingRun.objects.get(pk=run.pk)
        if row.attempt == 1 and row.state == "running" and (run.path / "best" / "manifest.json").exists():
            training_cancel(run.pk, by="ada")

    on_beat(cancel_when_saved)
    train(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    steps = max(int(row["step"]) for row in read_log(run.path / "log.csv"))
    assert steps < 8 * 6
    # The best checkpoint so far stays, and is in the registry.
    assert run.checkpoint.path.joinpath("model.safetensors").exists()

    training_resume(run.pk, by="ada")
    train(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt, run.message) == ("finished", 2, "")
    assert run.progress["share"] == 1
    assert run.progress["best_perplexity"] == pytest.approx(
        TrainingRun.objects.get(pk=run.pk).checkpoint.metrics["perplexity"]
    )
    (evaluation,) = TrainingRun.objects.get(pk=run.pk).checkpoint.evaluations.all()
    assert evaluation.variant == "joint"
    assert evaluation.metrics["ppl"] > 1
    # Resumed, or begun anew where the cancel came before the first resumable state: every epoch is validated
    # once in the log, neither left out nor doubled.
    rows = read_log(run.path / "log.csv")
    assert [int(row["step"]) for row in rows if row["valid_perplexity"]] == [
        6 * epoch for epoch in range(1, 9)
    ]
    # Once more does no harm.
    train(run.pk)
    assert TrainingRun.objects.get(pk=run.pk).attempt == 2


def test_what_the_library_refuses_is_the_trainings_message(store: Path) -> None:
    run = queued(store)
    (run.path / "run.toml").write_text("colour = 3\n")
    train(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "The keys are explained in modeling/runs/" in run.message
    assert run.events.last().reason == run.message


def test_a_process_that_the_system_kills_fails_its_training_only(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = child.start_verb

    def start_and_kill(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        process = start(*arguments, **options)
        os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(work.child, "start_verb", start_and_kill)
    run = queued(store)
    train(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "memory ran out" in run.message


def test_a_worker_waits_for_the_process_of_an_earlier_attempt(store: Path, on_beat: Any) -> None:
    run = queued(store)
    beats: list[str] = []

    def note(_run: TrainingRun, said: dict[str, Any]) -> None:
        beats.append(said["phase"])
        assert not (run.path / child.OUTPUT).exists()  # nothing was started beside it
        if len(beats) == 3:
            training_cancel(run.pk, by="ada")

    on_beat(note)
    with child.lock_file(run.path) as lock:
        assert child.try_lock(lock)
        train(run.pk)
    assert beats == ["train"] * 3
    assert TrainingRun.objects.get(pk=run.pk).state == "cancelled"
