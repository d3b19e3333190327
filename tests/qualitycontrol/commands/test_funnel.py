"""`manage.py funnel`: the counts as lines and as a file."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from qualitycontrol.services.assessments import assessment_make
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations

pytestmark = pytest.mark.django_db


def test_the_funnel_of_a_study_is_printed_and_written(tmp_path: Path) -> None:
    for row in make_conversations(make_record(), make_record(pairs=2)):
        assessment_make(row.pk)
    out = StringIO()
    call_command("funnel", "study", "--json", str(tmp_path / "funnel.json"), stdout=out)
    assert [line.split() for line in out.getvalue().splitlines()] == [
        ["Applicants", "0"],
        ["passed", "the", "exam", "0", "–"],
        ["Conversations", "2"],
        ["finished", "and", "long", "enough", "1", "50.0%"],
        ["qualified", "1", "100.0%"],
    ]
    assert json.loads((tmp_path / "funnel.json").read_text(encoding="utf-8"))["qualified"] == 1


def test_an_unknown_study_is_one_line() -> None:
    with pytest.raises(CommandError, match="no study 'other'"):
        call_command("funnel", "other")
