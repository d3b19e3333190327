"""Anyone can use the modelling pages: axe finds nothing grave, in any state of a training."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from modeling import run_files
from modeling.domain.training_lifecycle import State
from tests.browser.conftest import CHROMIUM
from tests.modeling.pages import evaluated, force_state, queued, registered, write_release, write_run_file
from tests.support.axe import grave_findings
from tests.support.staff import make_staff

PAGE = "/research/models/"


@pytest.mark.django_db
def test_no_page_has_a_grave_finding(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODELS, settings.RELEASES = tmp_path / "models", tmp_path / "releases"
    write_run_file(tmp_path / "runs")
    monkeypatch.setattr(run_files, "FOLDER", tmp_path / "runs")
    staff = Client()
    staff.force_login(make_staff("ada"))
    documents = {PAGE: staff.get(PAGE).content, f"{PAGE}compare/": staff.get(f"{PAGE}compare/").content}

    write_release(tmp_path / "releases")
    finished, waiting = queued(tmp_path), queued(tmp_path)
    checkpoint = registered(finished)
    one, other = evaluated(checkpoint), evaluated(checkpoint, "oracle")
    force_state(finished, State.FINISHED)
    pages = {
        f"{PAGE}filled/": PAGE,
        f"{PAGE}{finished.pk}/": f"{PAGE}{finished.pk}/",
        f"{PAGE}{waiting.pk}/": f"{PAGE}{waiting.pk}/",
        f"{PAGE}checkpoints/": f"{PAGE}checkpoints/",
        f"{PAGE}compared/": f"{PAGE}compare/?one={one.pk}&other={other.pk}",
    }
    documents |= {name: staff.get(address).content for name, address in pages.items()}
    assert CHROMIUM is not None, "CI installs Chromium"
    assert grave_findings(documents, browser_path=CHROMIUM) == []
