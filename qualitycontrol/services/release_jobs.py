"""Make releases in the background: queue, perform, cancel. Running one twice does no harm."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction

from corpus.errors import CorpusError
from corpus.esconv import read_esconv
from qualitycontrol import released_files
from qualitycontrol.domain.release_job import OVER, JobEvent, JobRefused, JobState, advance_job
from qualitycontrol.models import Release, ReleaseJob
from qualitycontrol.services.releases import ReleaseRefused, release_make
from study.clock import database_now
from study.models import Study, StudyEvent
from study.services.studies import study_note

DEAD_AFTER = timedelta(hours=1)
"""A job whose worker has taken no step for so long is given up."""


@transaction.atomic
def release_job_queue(
    study: Study, *, name: str, rehearsal: bool, negative: bool, by: str, release: Release | None = None
) -> ReleaseJob:
    """Queue a release of a study, or with `release` its figures only."""
    job = ReleaseJob.objects.create(
        study=study, name=name, rehearsal=rehearsal, negative=negative, by=by, release=release
    )
    study_note(study, kind=StudyEvent.Kind.RELEASE, by=by, detail=f"job {job.pk}: {name}")
    transaction.on_commit(partial(_ask, job.pk))
    return job


def _ask(job_id: int) -> None:
    from qualitycontrol.tasks import release

    release.delay(job_id)


@transaction.atomic
def release_job_cancel(job_id: int) -> ReleaseJob:
    """Stop a job before its next step.

    Raises:
        JobRefused: it is over.
    """
    return _advance(job_id, JobEvent.CANCEL)


def release_job_perform(job_id: int) -> None:
    """Make the release and draw its figures, or go on with it; nothing where the job is over."""
    try:
        job = _advance(job_id, JobEvent.START, phase="release")
    except JobRefused:
        return
    try:
        release = job.release or _released_before(job) or _release(job)
        if _stopped(job_id, phase="figures", release=release):
            return
        _draw(release)
    except (ReleaseRefused, CorpusError, OSError) as error:
        _end(job_id, JobEvent.FAIL, message=str(error))
    else:
        _end(job_id, JobEvent.FINISH)


def release_jobs_sweep() -> list[int]:
    """Give up jobs whose worker died, and return those that wait for one."""
    now = database_now()
    for job in ReleaseJob.objects.filter(state=JobState.RUNNING, beat_at__lt=now - DEAD_AFTER):
        _end(job.pk, JobEvent.FAIL, message="Its worker stopped.")
    waiting = ReleaseJob.objects.filter(state=JobState.QUEUED, queued_at__lt=now - timedelta(seconds=30))
    return list(waiting.values_list("pk", flat=True))


def _release(job: ReleaseJob) -> Release:
    folder = released_files.job_folder(job.study.slug, job.pk)
    return release_make(
        job.name, folder=folder, study=job.study, rehearsal=job.rehearsal, negative=job.negative
    )


def _released_before(job: ReleaseJob) -> Release | None:
    """Return what an earlier attempt at this job released, before its worker died."""
    folder = released_files.job_folder(job.study.slug, job.pk)
    made = Release.objects.filter(name=job.name, created_at__gte=job.queued_at)
    return next((one for one in made if released_files.release_folder(one) == folder), None)


def _draw(release: Release) -> None:
    # Matplotlib and what it brings belong to the job, not to every web process.
    from corpus.report import write_report

    folder = released_files.release_folder(release)
    if folder is None:
        raise ReleaseRefused(f"The files of release {release.number} do not lie here.")
    data = released_files.data_file(folder, release)
    out = released_files.figures_folder(release)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_report(read_esconv(data), out, source=data.name)


@transaction.atomic
def _advance(job_id: int, event: JobEvent, *, phase: str = "") -> ReleaseJob:
    job = ReleaseJob.objects.select_for_update(of=("self",)).select_related("study", "release").get(pk=job_id)
    now = database_now()
    job.state = advance_job(JobState(job.state), event)
    job.phase, job.beat_at = phase, now
    if job.state in OVER:
        job.ended_at = now
    job.save(update_fields=["state", "phase", "beat_at", "ended_at"])
    return job


@transaction.atomic
def _stopped(job_id: int, *, phase: str, release: Release) -> bool:
    """Note the next step; return whether somebody stopped the job meanwhile."""
    job = ReleaseJob.objects.select_for_update().get(pk=job_id)
    job.release, job.beat_at = release, database_now()
    job.phase = phase if job.state == JobState.RUNNING else ""
    job.save(update_fields=["release", "phase", "beat_at"])
    return job.state != JobState.RUNNING


@transaction.atomic
def _end(job_id: int, event: JobEvent, *, message: str = "") -> None:
    try:
        job = _advance(job_id, event)
    except JobRefused:
        return  # somebody stopped it in this very moment
    job.message = message
    job.save(update_fields=["message"])
