"""A training's lifecycle: queued by a person, run by a worker, ended by either, resumed by a person."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction

from modeling.corpus_store import StoredCorpus
from modeling.domain.training_lifecycle import STALE_SECONDS, Event, State, advance
from modeling.domain.variants import Variant
from modeling.errors import ModelingError
from modeling.extra import missing_libraries
from modeling.files import write_text
from modeling.models import TrainingEvent, TrainingRun
from modeling.released_folders import ReleasedFolder
from modeling.run_files import find_run_file, text_with_seed
from modeling.run_progress import Progress
from study.clock import database_now

TASK = "modeling.train"
QUEUE = "model"
RUN_FILE = "run.toml"
"""The copy of the run file, with the seed chosen, in the training's folder."""
LARGEST_SEED = 2**31 - 1


class TrainingRefused(ModelingError):
    """The training cannot be started or moved on."""

    code = "training_refused"


def training_queue(
    corpus: StoredCorpus,
    *,
    run_file: str,
    by: str,
    seed: int | None = None,
    all_variants: bool = False,
    release: ReleasedFolder | None = None,
    upload_name: str = "",
) -> TrainingRun:
    """Queue a training of a run file on a stored corpus, of a release or an upload.

    `all_variants` evaluates a Joint checkpoint as Oracle and Random too.

    Raises:
        TrainingRefused: the seed is out of range, or the libraries are missing here, where the worker runs.
        RunFileInvalid: there is no such run file.
    """
    require_libraries()
    run = find_run_file(run_file).run
    chosen = run.seed if seed is None else seed
    if not 0 <= chosen <= LARGEST_SEED:
        raise TrainingRefused(f"A seed lies between 0 and {LARGEST_SEED}.")
    text = text_with_seed(run_file, seed=chosen)
    with transaction.atomic():
        row = TrainingRun.objects.create(
            source=TrainingRun.Source.RELEASE if release else TrainingRun.Source.UPLOAD,
            source_name=(release.name if release else upload_name)[:200],
            release_number=release.number if release else None,
            protocols=release.protocols if release else [],
            corpus_sha256=corpus.sha256,
            corpus_conversations=corpus.conversations,
            run_file=run_file,
            variant=run.variant,
            evaluate_as=_variants(run.variant, all_variants=all_variants),
            seed=chosen,
            epochs=run.training.epochs,
            folder=f"{re.sub(r'[^a-z0-9-]', '-', run_file.lower())}-{secrets.token_hex(6)}",
            started_by=by,
            created_at=database_now(),
        )
        write_text(row.path / RUN_FILE, text)
        _enqueue_on_commit(row.pk)
    return row


def require_libraries() -> None:
    """Check that the libraries are here, where this process is the worker too.

    Raises:
        TrainingRefused: one is missing; the sentence says what to install.
    """
    missing = missing_libraries() if settings.EMBEDDED else []
    if missing:
        raise TrainingRefused(
            f"Training needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed. Run "
            "`pip install -e '.[modeling]'` and start the platform again."
        )


def training_start(run_id: int) -> TrainingRun | None:
    """Take a queued training for this worker; None where it is not queued, or enough others run already."""
    with transaction.atomic():
        active = list(
            TrainingRun.objects.select_for_update()
            .filter(state__in=[State.QUEUED, State.RUNNING])
            .order_by("pk")
        )
        running = sum(run.state == State.RUNNING for run in active)
        run = next((run for run in active if run.pk == run_id and run.state == State.QUEUED), None)
        if run is None or running >= settings.PARALLEL_TRAININGS:
            return None
        run.attempt += 1
        run.started_at = run.heartbeat_at = database_now()
        run.ended_at = None
        run.message = ""
        _advance(run, Event.START)
    return run


def training_beat(run: TrainingRun, *, phase: str, progress: Progress | None, left: float | None) -> bool:
    """Note that the worker lives and how far it is; False where the training is not this worker's any more."""
    figures: dict[str, Any] = {**asdict(progress), "seconds_left": left} if progress else {}
    return bool(
        TrainingRun.objects.filter(pk=run.pk, state=State.RUNNING, attempt=run.attempt).update(
            heartbeat_at=database_now(), phase=phase, progress=figures
        )
    )


def training_finish(run: TrainingRun) -> None:
    """End a training that did what it was asked; nothing where it is not this worker's any more."""
    _end(run, Event.FINISH)


def training_fail(run: TrainingRun, *, reason: str) -> None:
    """End a training with a sentence; nothing where it is not this worker's any more."""
    _end(run, Event.FAIL, reason=reason)


def training_cancel(run_id: int, *, by: str) -> TrainingRun:
    """Stop a training; its worker notices within seconds, and the best checkpoint so far stays.

    Raises:
        IllegalTransition: it is over.
    """
    with transaction.atomic():
        run = TrainingRun.objects.select_for_update().get(pk=run_id)
        run.ended_at = database_now()
        _advance(run, Event.CANCEL, by=by)
    return run


def training_resume(run_id: int, *, by: str) -> TrainingRun:
    """Queue a training again that failed or was cancelled; it goes on where its last saved state is.

    Raises:
        IllegalTransition: it waits, runs, or is finished.
        TrainingRefused: the libraries are missing here, where the worker runs.
    """
    require_libraries()
    with transaction.atomic():
        run = TrainingRun.objects.select_for_update().get(pk=run_id)
        run.ended_at = None
        run.message = ""
        _advance(run, Event.RESUME, by=by)
        _enqueue_on_commit(run.pk)
    return run


def trainings_sweep() -> list[TrainingRun]:
    """Fail what runs without a sign of life, ask again for what is queued, and return what failed."""
    with transaction.atomic():
        limit = database_now() - timedelta(seconds=STALE_SECONDS)
        stale = list(
            TrainingRun.objects.select_for_update().filter(state=State.RUNNING, heartbeat_at__lt=limit)
        )
        for run in stale:
            run.message = "The worker stopped in the middle of it. What it had saved is kept: resume the training to go on."
            run.ended_at = database_now()
            _advance(run, Event.FAIL, reason=run.message)
    for run_id in TrainingRun.objects.filter(state=State.QUEUED).order_by("pk").values_list("pk", flat=True):
        _enqueue(run_id, expires=SWEEP_SECONDS)
    return stale


SWEEP_SECONDS = 15
"""How often queued trainings are asked for again; a request lives no longer, so that they do not pile up."""


def _end(run: TrainingRun, event: Event, *, reason: str = "") -> None:
    with transaction.atomic():
        row = TrainingRun.objects.select_for_update().get(pk=run.pk)
        # Cancelled, swept or resumed meanwhile: what this worker found is not the training's end.
        if row.state != State.RUNNING or row.attempt != run.attempt:
            return
        row.ended_at = database_now()
        row.message = reason
        _advance(row, event, reason=reason)


def _advance(run: TrainingRun, event: Event, *, by: str = "", reason: str = "") -> None:
    """Move the row on and write it down. Should be called while holding a SELECT FOR UPDATE lock."""
    before, after = State(run.state), advance(State(run.state), event)
    run.state = after
    run.phase = ""
    run.save()
    TrainingEvent.objects.create(
        run=run, at=database_now(), event=event, before=before, after=after, by=by, reason=reason
    )


def _variants(trained: str, *, all_variants: bool) -> list[str]:
    more = [Variant.ORACLE, Variant.RANDOM] if all_variants and Variant(trained).uses_strategies else []
    return [trained, *(variant.value for variant in more)]


def _enqueue_on_commit(run_id: int) -> None:
    transaction.on_commit(partial(_enqueue, run_id))


def _enqueue(run_id: int, *, expires: int | None = None) -> None:
    # By name: the task imports this module.
    current_app.send_task(TASK, args=[run_id], queue=QUEUE, expires=expires)


def store_folder() -> Path:
    """Return the folder of the stored corpora."""
    return Path(settings.MODELS) / "corpora"
