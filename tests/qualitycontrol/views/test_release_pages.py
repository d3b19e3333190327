"""A release through the pages: queued, performed once, its files and figures; stopped, failed, found again."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from qualitycontrol import released_files
from qualitycontrol.domain.release_job import TRANSITIONS, JobEvent, JobRefused, JobState, advance_job
from qualitycontrol.models import Release, ReleaseJob
from qualitycontrol.services import release_jobs
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.release_jobs import release_job_cancel, release_job_perform, release_jobs_sweep
from study.clock import database_now
from study.models import Study
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

STATES = list(product(JobState, JobEvent))


@pytest.mark.parametrize(("state", "event"), STATES)
def test_a_job_takes_the_steps_of_the_table_and_no_others(state: JobState, event: JobEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert advance_job(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(JobRefused):
            advance_job(state, event)


@pytest.fixture
def study(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Study:
    settings.RELEASES, settings.VAR = tmp_path / "releases", tmp_path
    monkeypatch.setattr(release_jobs, "_ask", lambda _job_id: None)
    client.force_login(make_staff("ann"))
    rows = make_conversations(make_record(), make_record())
    for row in rows:
        assessment_make(row.pk)
    return rows[0].study


def start(client: Client, study: Study, name: str = "First") -> ReleaseJob:
    client.post(f"/research/studies/{study.slug}/releases/", {"name": name})
    return ReleaseJob.objects.latest("pk")


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_release_is_made_once_with_its_files_and_figures(client: Client, study: Study) -> None:
    base = f"/research/studies/{study.slug}/releases/"
    job = start(client, study)
    assert "It waits for a worker." in page(client, f"{base}jobs/{job.pk}/")
    for _delivery in range(2):
        release_job_perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", "")
    release = Release.objects.get()
    assert job.release == release
    assert client.get(f"{base}jobs/{job.pk}/progress.json").json()["state"] == "done"
    html = page(client, f"{base}{release.number}/")
    assert 'data-figure="conversations">2<' in html
    assert "python -m corpus figures esconv.json --out DIR" in html
    for stem in ("table2", "table3", "table6", "figure3", "figure4"):
        assert f'id="{stem}"' in html
    links = re.findall(rf'href="({base}{release.number}/(?:files|figures)/[^"]+)"', html)
    assert {Path(link).suffix for link in links} >= {".json", ".svg", ".pdf", ".csv", ".tex"}
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        assert b"".join(answer), link  # type: ignore[arg-type]
    manifest = json.loads(b"".join(client.get(f"{base}{release.number}/files/manifest.json")))  # type: ignore[arg-type]
    assert manifest["release"]["number"] == release.number


@pytest.mark.parametrize("name", ["nothing.json", "..", "%2e%2e%2fsecret"])
def test_only_files_of_the_release_are_given(client: Client, study: Study, name: str) -> None:
    job = start(client, study)
    release_job_perform(job.pk)
    (released_files.figures_folder(Release.objects.get()).parent / "secret").write_text("x")
    base = f"/research/studies/{study.slug}/releases/{Release.objects.get().number}"
    assert client.get(f"{base}/figures/{name}").status_code == 404
    assert client.get(f"{base}/files/{name}").status_code == 404


def test_a_job_that_was_stopped_makes_nothing(client: Client, study: Study) -> None:
    job = start(client, study)
    url = f"/research/studies/{study.slug}/releases/jobs/{job.pk}/"
    client.post(f"{url}cancel/")
    release_job_perform(job.pk)
    assert not Release.objects.exists()
    assert "It was stopped." in page(client, url)
    assert "cannot take cancel" in unescape(client.post(f"{url}cancel/", follow=True).content.decode())


def test_a_job_stopped_between_its_steps_draws_nothing_and_says_what_it_released(
    client: Client, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(client, study)
    make = release_jobs.release_make

    def make_and_stop(*args: Any, **kwargs: Any) -> Release:
        made = make(*args, **kwargs)
        release_job_cancel(job.pk)
        return made

    monkeypatch.setattr(release_jobs, "release_make", make_and_stop)
    release_job_perform(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.release == Release.objects.get()
    assert not released_files.figures_folder(Release.objects.get()).exists()
    base = f"/research/studies/{study.slug}/releases/{Release.objects.get().number}/"
    assert "Draw the tables and figures" in page(client, base)
    client.post(f"{base}draw/")
    release_job_perform(ReleaseJob.objects.latest("pk").pk)
    assert "Draw the tables and figures" not in page(client, base)
    assert Release.objects.count() == 1


def test_what_cannot_be_released_fails_with_a_sentence(client: Client, study: Study) -> None:
    first, second = start(client, study), start(client, study, "Second")
    release_job_perform(first.pk)
    Release.objects.get()
    released_files.job_folder(study.slug, second.pk).mkdir()
    (released_files.job_folder(study.slug, second.pk) / "something").write_text("x")
    release_job_perform(second.pk)
    second.refresh_from_db()
    assert second.state == "failed"
    assert "is not empty" in page(client, f"/research/studies/{study.slug}/releases/jobs/{second.pk}/")


def test_a_job_whose_worker_died_after_the_release_goes_on_with_it(client: Client, study: Study) -> None:
    job = start(client, study)
    folder = released_files.job_folder(study.slug, job.pk)
    release_jobs.release_make("First", folder=folder, study=study)
    ReleaseJob.objects.filter(pk=job.pk).update(state="running", phase="release")
    release_job_perform(job.pk)
    job.refresh_from_db()
    assert (job.state, job.release) == ("done", Release.objects.get())


def test_the_sweep_asks_again_and_gives_the_dead_up(client: Client, study: Study) -> None:
    waiting, dead = start(client, study), start(client, study, "Dead")
    assert release_jobs_sweep() == []
    past = database_now() - timedelta(hours=2)
    ReleaseJob.objects.filter(pk=waiting.pk).update(queued_at=past)
    ReleaseJob.objects.filter(pk=dead.pk).update(state="running", beat_at=past)
    assert release_jobs_sweep() == [waiting.pk]
    dead.refresh_from_db()
    assert (dead.state, dead.message) == ("failed", "Its worker stopped.")
