"""What a worker does with a training: train in a process of its own, then evaluate, telling how far it is.

Every step may be repeated: a resumed training goes on from its last saved state, and what was evaluated of the same
weights is not evaluated again.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

from modeling import child
from modeling.errors import ModelingError
from modeling.models import TrainingRun
from modeling.reports.log import read_log
from modeling.run_progress import Progress, read_progress, seconds_left
from modeling.services.registry import PART, checkpoint_register, evaluation_register
from modeling.services.trainings import (
    RUN_FILE,
    TrainingRefused,
    training_beat,
    training_fail,
    training_finish,
    training_start,
)

POLL_SECONDS = 1.0
"""How often the worker looks at its process; it is also how soon a cancelled training stops."""


class _NotOurs(Exception):
    """The training was cancelled, or given to another worker."""


def training_perform(run_id: int) -> None:
    """Train and evaluate, or go on with it; the row says how it ended. Nothing where it is not queued."""
    run = training_start(run_id)
    if run is None:
        return
    try:
        _Work(run).perform()
    except _NotOurs:
        _register_what_there_is(run)
    except (ModelingError, OSError) as error:
        _register_what_there_is(run)
        training_fail(run, reason=str(error))
    else:
        training_finish(run)


def _register_what_there_is(run: TrainingRun) -> None:
    # The reason why it stopped is the one to show; a checkpoint that cannot be entered adds nothing.
    with suppress(ModelingError, OSError):
        checkpoint_register(run)


class _Work:
    """One attempt at one training."""

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self._began = time.monotonic()
        progress = self._progress()
        self._share_before = progress.share if progress else 0.0

    def perform(self) -> None:
        """Train, enter the checkpoint, evaluate it."""
        run = self._run
        with child.lock_file(run.path) as lock:
            self._wait(lambda: child.try_lock(lock) or _pause(), phase="train")
            corpus = ["--corpus", str(run.corpus_path)]
            self._verb(
                ["train", "--run", str(run.path / RUN_FILE), *corpus, "--out", str(run.path)],
                lock=lock,
                phase="train",
            )
            checkpoint = checkpoint_register(run)
            if checkpoint is None:
                raise TrainingRefused(
                    "The training ended without a checkpoint; output.txt in its folder says more."
                )
            done = set(checkpoint.evaluations.values_list("variant", flat=True))
            for variant in (v for v in run.evaluate_as if v not in done):
                out = ["--split", PART, "--json", str(run.path / f"{PART}-{variant}.json")]
                self._verb(
                    ["evaluate", "--checkpoint", str(checkpoint.path), "--variant", variant, *corpus, *out],
                    lock=lock,
                    phase=f"evaluate {variant}",
                )
                evaluation_register(checkpoint, variant)

    def _verb(self, arguments: Sequence[str], *, lock: IO[bytes], phase: str) -> None:
        """Run one verb to its end.

        Raises:
            TrainingRefused: it failed; the sentence is its own.
        """
        output = self._run.path / child.OUTPUT
        since = output.stat().st_size if output.exists() else 0
        process = child.start_verb(arguments, output=output, lock=lock)
        try:
            self._wait(lambda: _ended(process), phase=phase)
        finally:
            child.stop(process)
        if process.returncode:
            tail = child.read_tail(output, since=since)
            raise TrainingRefused(child.failure(process.returncode, verb=arguments[0], tail=tail))

    def _wait(self, ready: Callable[[], bool], *, phase: str) -> None:
        while True:
            if not self._beat(phase):
                raise _NotOurs
            if ready():
                return

    def _beat(self, phase: str) -> bool:
        progress = self._progress()
        elapsed = time.monotonic() - self._began
        left = (
            seconds_left(elapsed=elapsed, share_before=self._share_before, share=progress.share)
            if progress and phase == "train"
            else None
        )
        return training_beat(self._run, phase=phase, progress=progress, left=left)

    def _progress(self) -> Progress | None:
        return read_progress(read_log(self._run.path / "log.csv"), epochs=self._run.epochs)


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _pause() -> bool:
    # A process of an attempt whose worker died still works in the folder; it ends, or comes to the training's end.
    time.sleep(POLL_SECONDS)
    return False
