"""What researchers read about the training, from rows made by the services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from study.protocol_files import read_protocol
from tests.support.training import (
    finish_page,
    finish_tutorial,
    make_study,
    make_supporter,
    open_attempt,
    take_exam,
)
from tutorial.models import AttemptItem
from tutorial.reports import training_report, training_versions
from tutorial.services.progress import page_open

pytestmark = pytest.mark.django_db


def rehearse() -> None:
    """Leave four supporters: passed, failed once, in the exam, and one still reading."""
    study = make_study()
    passed, failed, sitting, reading = (make_supporter(study=study) for _ in range(4))
    for participation in (passed, failed, sitting):
        finish_tutorial(participation)
    take_exam(passed)
    take_exam(failed, all_wrong=True)
    open_attempt(sitting)
    finish_page(reading, "exploration")
    page_open(reading, page="comforting")


def test_the_report_counts_attempts_pages_and_items() -> None:
    rehearse()
    (version,) = training_versions()
    report = training_report(version)
    exam = report.exam
    assert (exam.open, exam.passed, exam.failed) == (1, 1, 1)
    assert (exam.first_attempts, exam.first_attempts_passed) == (2, 1)
    pages = {page.page: page for page in report.pages}
    assert len(pages) == 14
    assert (pages["exploration"].opened, pages["exploration"].finished) == (4, 4)
    assert (pages["comforting"].opened, pages["comforting"].drop_off) == (4, 0.25)
    assert pages["comforting"].median_seconds == 0.0
    answered = [item.statistics for item in report.items if item.statistics is not None]
    assert sum(one.n for one in answered) == 28
    assert sum(one.n * one.difficulty for one in answered) == 14
    assert {item.subtask for item in report.items} == {page.page for page in report.pages[:11]} | {
        "do_no_harm"
    }


def test_answers_of_an_open_attempt_are_not_counted() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    open_attempt(participation)
    report = training_report(participation.protocol_version)
    assert all(item.statistics is None for item in report.items)
    assert AttemptItem.objects.count() == 14


def test_a_protocol_nobody_was_trained_under_has_no_report() -> None:
    make_study()
    assert training_versions() == []


def test_the_command_writes_the_report(tmp_path: Path) -> None:
    rehearse()
    out = tmp_path / "statistics.json"
    call_command("exam_statistics", json=str(out))
    (report,) = json.loads(out.read_text(encoding="utf-8"))
    protocol, _sha256 = read_protocol("esconv-2021")
    assert (report["protocol_name"], report["protocol_version"]) == ("esconv-2021", protocol.version)
    assert report["exam"]["failed"] == 1
    assert len(report["pages"]) == 14
    asked = [item for item in report["items"] if item["statistics"]]
    assert {"n", "difficulty", "discrimination", "median_seconds", "hurried_share", "drift"} <= set(
        asked[0]["statistics"]
    )
    assert "correct" not in out.read_text(encoding="utf-8")


def test_the_command_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("exam_statistics", json=str(tmp_path / "nowhere" / "statistics.json"))
