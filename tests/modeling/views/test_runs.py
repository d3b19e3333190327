"""The pages of trainings: for staff only, and all of it through the browser's door."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings

from modeling.domain.training_lifecycle import State
from modeling.models import TrainingRun
from modeling.urls import urlpatterns
from modeling.views import runs
from tests.modeling.corpora import make_corpus, write_corpus
from tests.modeling.pages import force_state, queued, write_release
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
PAGE = "/research/models/"


@pytest.fixture
def staff() -> Client:
    """A researcher's browser."""
    browser = Client()
    browser.force_login(make_staff("ada"))
    return browser


def address(pattern: URLPattern) -> str:
    return reverse(f"models:{pattern.name}", args=[1] if pattern.pattern.converters else [])


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_but_staff_gets_in(pattern: URLPattern, method: str) -> None:
    url = address(pattern)
    stranger = getattr(Client(), method)(url)
    assert (stranger.status_code, stranger["Location"]) == (302, f"/research/login/?next={url}")
    visitor = Client()
    visitor.force_login(User.objects.create_user("visitor"))
    assert getattr(visitor, method)(url).status_code == 404


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile("mine.json", path.read_bytes(), content_type="application/json")


def test_a_training_is_started_on_a_release(staff: Client, store: Path) -> None:
    write_release(store / "releases", number=4, name="spring")
    assert "4: spring (20)" in staff.get(PAGE).content.decode()
    answer = staff.post(PAGE, {"release": "spring", "run_file": "small", "seed": "5", "all_variants": "on"})
    run = TrainingRun.objects.get()
    assert answer["Location"] == f"{PAGE}{run.pk}/"
    assert (run.release_number, run.source_name, run.seed, run.started_by) == (4, "spring", 5, "ada")
    page = staff.get(answer["Location"]).content.decode()
    for part in ("release 4: spring", "esconv-2021 v1", run.corpus_sha256, "It waits for a worker."):
        assert part in page


def test_a_training_is_started_on_an_uploaded_corpus(staff: Client, store: Path) -> None:
    path = write_corpus(make_corpus(20), store / "mine.json")
    staff.post(PAGE, {"upload": upload(path), "run_file": "small"})
    run = TrainingRun.objects.get()
    assert (run.source, run.source_name, run.seed, run.evaluate_as) == ("upload", "mine.json", 7, ["joint"])


def test_a_damaged_upload_is_refused_with_its_place(staff: Client, store: Path) -> None:
    path = write_corpus(make_corpus(3), store / "mine.json")
    path.write_text(path.read_text().replace('"feedback"', '"feed"').replace('"Question"', '"Hugging"', 1))
    page = staff.post(PAGE, {"upload": upload(path), "run_file": "small"}).content.decode()
    assert "mine.json is not a released corpus: record 0, dialog[" in page
    assert "expected one of the eight strategies" in page
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"run_file": "small"}, "one of the two"),
        ({"release": "../../etc", "run_file": "small"}, "not one of the available choices"),
        ({"run_file": "../small"}, "not one of the available choices"),
    ],
)
def test_a_form_that_names_no_corpus_or_a_path_is_refused(
    staff: Client, fields: dict[str, str], because: str
) -> None:
    assert because in staff.post(PAGE, fields).content.decode()
    assert not TrainingRun.objects.exists()


def test_without_the_libraries_the_page_says_what_to_install(
    staff: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "missing_libraries", lambda: ["torch"])
    assert "pip install" not in staff.get(PAGE).content.decode()
    settings.EMBEDDED = True
    page = staff.get(PAGE).content.decode()
    assert "pip install -e &#x27;.[modeling]&#x27;" in page or "pip install -e '.[modeling]'" in page
    assert "torch not installed" in page


def test_progress_and_curves_follow_the_log(staff: Client, store: Path) -> None:
    run = queued(store)
    url = f"{PAGE}{run.pk}/"
    assert staff.get(f"{url}curves.svg").status_code == 404
    (run.path / "log.csv").write_text("step,epoch,loss,valid_perplexity\n10,0.5,4.25,\n12,1.0,,30.5\n")
    figure = staff.get(f"{url}curves.svg")
    assert figure["Content-Type"] == "image/svg+xml"
    assert b"</svg>" in figure.content
    page = staff.get(url).content.decode()
    assert "4.250" in page
    assert "30.50" in page
    TrainingRun.objects.update(progress={"step": 12, "share": 0.5})
    assert staff.get(f"{url}progress.json").json() == {
        "state": "queued",
        "phase": "",
        "progress": {"step": 12, "share": 0.5},
    }


def test_a_training_is_stopped_and_resumed(staff: Client, store: Path) -> None:
    run = queued(store)
    url = f"{PAGE}{run.pk}/"
    assert "stopped" in staff.post(f"{url}cancel/", follow=True).content.decode()
    assert "cannot take cancel" in staff.post(f"{url}cancel/", follow=True).content.decode()
    assert "goes on" in staff.post(f"{url}resume/", follow=True).content.decode()
    run.refresh_from_db()
    assert [event.by for event in run.events.all()] == ["ada", "ada"]
    assert run.state == "queued"
    assert staff.get(f"{url}cancel/").status_code == 405


def test_a_failed_training_shows_why(staff: Client, store: Path) -> None:
    run = queued(store)
    (run.path / "output.txt").write_text("step 10  loss 3\nthe <last> words\n")
    force_state(run, State.FAILED)
    TrainingRun.objects.update(message="The disk is full.")
    page = staff.get(f"{PAGE}{run.pk}/").content.decode()
    assert "The disk is full." in page
    assert "the &lt;last&gt; words" in page
    assert "Resume the training" in page


def test_a_training_that_does_not_exist_is_not_found(staff: Client) -> None:
    for name in ("", "progress.json", "curves.svg", "checkpoint.zip"):
        assert staff.get(f"{PAGE}999/{name}").status_code == 404
