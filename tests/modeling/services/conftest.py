"""A store of trainings of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from modeling import run_files
from tests.modeling.pages import write_run_file


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep everything below the test's folder, and offer the small run file only."""
    settings.MODELS, settings.RELEASES = tmp_path / "models", tmp_path / "releases"
    write_run_file(tmp_path / "runs", save_every_steps=2)
    monkeypatch.setattr(run_files, "FOLDER", tmp_path / "runs")
    return tmp_path
