"""The registry, the comparison and the download."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import pytest
from django.test import AsyncRequestFactory, Client

from modeling.views import checkpoints
from tests.modeling.pages import evaluated, queued, registered, write_run_file
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
PAGE = "/research/models/"


@pytest.fixture
def staff() -> Client:
    """A researcher's browser."""
    browser = Client()
    browser.force_login(make_staff("ada"))
    return browser


def test_the_registry_leads_from_the_corpus_to_the_metrics(staff: Client, store: Path) -> None:
    assert "No training has left a checkpoint yet." in staff.get(f"{PAGE}checkpoints/").content.decode()
    checkpoint = registered(queued(store))
    evaluated(checkpoint)
    page = staff.get(f"{PAGE}checkpoints/").content.decode()
    for part in (
        "corpus.json",
        checkpoint.run.corpus_sha256[:10],
        checkpoint.weights_sha256[:10],
        "seed 7",
        "20.500",
    ):
        assert part in page
    assert f"{PAGE}{checkpoint.run_id}/checkpoint.zip" in page


def test_two_evaluations_stand_side_by_side_with_their_tests(staff: Client, store: Path) -> None:
    checkpoint = registered(queued(store))
    one, other = evaluated(checkpoint), evaluated(checkpoint, "oracle")
    page = staff.get(f"{PAGE}compare/", {"one": one.pk, "other": other.pk}).content.decode()
    assert "bleu_2" in page
    assert page.count("1.0000") >= 3  # the p of three metrics that do not differ
    assert "did not answer the same pieces" not in page


def test_evaluations_on_two_corpora_are_shown_without_tests(staff: Client, store: Path) -> None:
    one = evaluated(registered(queued(store)))
    write_run_file(store / "runs", "other")
    other = evaluated(registered(queued(store, run_file="other")), count=10)
    page = staff.get(f"{PAGE}compare/", {"one": one.pk, "other": other.pk}).content.decode()
    assert "did not answer the same pieces" in page


@pytest.mark.parametrize("given", ["", "abc", "999999", "9" * 40])
def test_a_comparison_of_nothing_is_a_page(staff: Client, given: str) -> None:
    answer = staff.get(f"{PAGE}compare/", {"one": given, "other": given})
    assert answer.status_code == 200
    assert "nothing to compare" in answer.content.decode()


def test_the_download_is_a_zip_archive_of_the_checkpoint(staff: Client, store: Path) -> None:
    checkpoint = registered(queued(store))
    (checkpoint.path / "pickled.bin").write_bytes(b"code")
    answer = staff.get(f"{PAGE}{checkpoint.run_id}/checkpoint.zip")
    name = f"small-{checkpoint.weights_sha256[:12]}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.namelist() == [
        f"{name}/{file}" for file in ("manifest.json", "model.safetensors", "tokenizer.json", "run.toml")
    ]


def test_under_asgi_the_archive_is_sent_in_blocks(store: Path) -> None:
    run = queued(store)
    registered(run, weights=b"w" * 3_000_000)
    request = AsyncRequestFactory().get(f"{PAGE}{run.pk}/checkpoint.zip")
    request.user = make_staff("ada")
    answer = checkpoints.download(request, run.pk)
    assert answer.is_async

    async def collect() -> list[bytes]:
        return [block async for block in answer.streaming_content]

    blocks = asyncio.run(collect())
    assert len(blocks) > 3
    assert zipfile.ZipFile(io.BytesIO(b"".join(blocks))).testzip() is None
