"""Chromium, and a platform for it to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import free_port
from tests.support.field import Field, outcomes_study
from tests.support.live import Live, embedded

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests; without a browser they cannot run, which CI does not accept."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt install chromium"))


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running platform with the study "suite"."""
    with embedded(tmp_path_factory.mktemp("live"), port=free_port()) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a file's tests; every person gets a context of their own.

    No longer than a file: while it is open an event loop runs in this thread, in which Django refuses to reach the
    database, so a test of another folder that came after it would fail.
    """
    assert CHROMIUM is not None, "CI installs Chromium"
    expect.set_options(timeout=15_000)  # a machine may be busy with the rest of the suite
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def outcomes(live: Live) -> Live:
    """The running platform with the study "outcomes"."""
    outcomes_study(live)
    return live


@pytest.fixture
def field(outcomes: Live, chromium: Browser) -> Iterator[Field]:
    """The study "outcomes" with a browser; its people go home after the test."""
    found = Field(outcomes, chromium, [])
    yield found
    for person in found.people:
        person.context.close()
