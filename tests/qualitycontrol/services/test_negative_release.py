"""A negative release holds what was refused and did not help, by the published rule, and nothing else."""

from __future__ import annotations

import json
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from corpus.esconv import read_esconv
from corpus.record import Conversation, Survey
from qualitycontrol.models import Assessment, Release
from qualitycontrol.services import releases
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.releases import ReleaseRefused, release_make
from tests.qualitycontrol.factories import NO_SURVEY, make_record
from tests.qualitycontrol.rows import make_conversations, make_study

pytestmark = pytest.mark.django_db

HELPED = make_record()
WORSE = make_record(survey=Survey(3, 4, 2, 5, 5), seeker_words=3)
LOW_FEEDBACK = make_record(survey=NO_SURVEY, feedback=(5, 2))
REFUSED_BUT_HELPED = make_record(survey=Survey(5, 1, 5, 5, 5), seeker_words=3)
TOO_SHORT_AND_COLD = make_record(pairs=3, survey=Survey(5, 4, 2, 5, 5))
UNDECIDED = make_record(survey=Survey(4, 5, 5, 5, 5))


@pytest.fixture(autouse=True)
def _snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)


def store(*records: Conversation) -> list[str]:
    """Store and assess; return the verdicts."""
    rows = make_conversations(*records, study=make_study())
    return [assessment_make(row.pk).state for row in rows]


def test_what_was_refused_and_did_not_help_goes_in(tmp_path: Path) -> None:
    states = store(HELPED, WORSE, LOW_FEEDBACK, REFUSED_BUT_HELPED, TOO_SHORT_AND_COLD, UNDECIDED)
    assert states == [
        "qualified",
        "unqualified",
        "unqualified",
        "unqualified",
        "filtered_out",
        "intensity_queried",
    ]
    out = StringIO()
    call_command("corpus_release", "failed", "--out", str(tmp_path / "out"), "--negative", stdout=out)
    assert out.getvalue().splitlines()[1:] == ["left out, not failed: 1"]
    file = tmp_path / "out" / "failed.json"
    entries = json.loads(file.read_text())
    assert [entry["dialog"][0]["speaker"] for entry in entries] == ["speaker"] * 3
    assert "seeker_question1" not in entries[0]
    surveys = [record.survey for record in read_esconv(file)]
    assert [(s.intensity_after, s.empathy) for s in surveys] == [(4, 2), (None, None), (4, 2)]
    assert list(Assessment.objects.order_by("pk").values_list("state", flat=True)) == states
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["release"]["negative"]
    assert [f["name"] for f in manifest["files"]] == ["failed.json", "conversations.jsonl"]


def test_each_kind_is_compared_with_its_own(tmp_path: Path) -> None:
    store(HELPED, WORSE)
    for name in ("one", "two"):
        release_make(name, folder=tmp_path / name)
        release_make(f"{name}-negative", folder=tmp_path / f"{name}-negative", negative=True)
    found = [(r.number, r.negative, r.manifest["changes"]["since"]) for r in Release.objects.all()]
    assert found == [(1, False, None), (2, True, None), (3, False, 1), (4, True, 2)]


def test_nothing_that_failed_is_no_release(tmp_path: Path) -> None:
    store(HELPED, REFUSED_BUT_HELPED)
    with pytest.raises(ReleaseRefused, match="1 not failed"):
        release_make("failed", folder=tmp_path / "out", negative=True)
