"""Why a process ended, in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeling.child import child_environment, failure, read_tail


@pytest.mark.parametrize(
    ("status", "tail", "sentence"),
    [
        (1, "step 5\nmodeling train: The disk is full.\n", "The disk is full."),
        (-9, "step 5\n", "memory ran out"),
        (-15, "", "SIGTERM"),
        (2, "Traceback\nValueError: x\n", "status 2: ValueError: x"),
        (2, "", "status 2."),
    ],
)
def test_the_end_of_a_process_is_said(status: int, tail: str, sentence: str) -> None:
    assert sentence in failure(status, verb="train", tail=tail)


def test_only_what_this_attempt_printed_counts(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    path.write_text("old\n")
    since = path.stat().st_size
    path.write_text("old\nnew\n")
    assert read_tail(path, since=since) == "new\n"
    assert read_tail(tmp_path / "missing") == ""


def test_a_child_is_given_no_keys_and_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESC_SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://")
    monkeypatch.setenv("HF_HOME", "/hub")
    environment = child_environment()
    assert not {"ESC_SECRET_KEY", "DATABASE_URL"} & environment.keys()
    assert environment["HF_HOME"] == "/hub"
