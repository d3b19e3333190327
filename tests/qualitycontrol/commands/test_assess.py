"""`manage.py assess`: the document to the letter, and refusals that leave nothing behind.

No test here may touch the database: none asks pytest-django for it, which makes any query fail.
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corpus.esconv import to_esconv
from corpus.record import Conversation
from study import protocol_files
from tests.qualitycontrol.factories import NO_SURVEY, ON_EVERY_THRESHOLD, make_record


def write(path: Path, *records: Conversation) -> Path:
    path.write_text(json.dumps([to_esconv(record) for record in records]), encoding="utf-8")
    return path


def assess(path: Path, out: Path) -> dict[str, Any]:
    call_command("assess", str(path), "--json", str(out), stdout=StringIO())
    document: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return document


def test_the_document_is_as_published(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.json",
        make_record(feedback=(5, 4)),
        make_record(pairs=7, survey=NO_SURVEY),
        make_record(seeker_words=5),
        make_record(survey=type(ON_EVERY_THRESHOLD)(2, 4, 5, 5, None)),
    )
    document = assess(source, tmp_path / "out.json")
    protocol, sha256 = protocol_files.read_protocol()
    assert document["protocol"] == {"name": protocol.name, "version": protocol.version, "sha256": sha256}
    assert list(document) == ["protocol", "counts", "conversations"]
    assert [entry["state"] for entry in document["conversations"]] == [
        "qualified",
        "filtered_out",
        "unqualified",
        "intensity_queried",
    ]
    assert document["conversations"][0] == {
        "index": 0,
        "state": "qualified",
        "reasons": [],
        "utterances": 16,
        "criteria": {
            "empathy": {"value": 3, "threshold": 3, "met": True},
            "relevance": {"value": 4, "threshold": 4, "met": True},
            "supporter_mean_length": {"value": 8.0, "threshold": 8.0, "met": True},
            "improvement": {"value": 1, "threshold": 1, "met": True},
            "seeker_mean_length": {"value": 6.0, "threshold": 6.0, "met": True},
            "last_feedback": {"value": [5, 4], "threshold": 4, "met": False},
        },
    }
    assert document["conversations"][1]["criteria"]["empathy"] == {"value": None, "threshold": 3, "met": None}
    assert document["counts"] == {
        "conversations": 4,
        "long_enough": 3,
        "surveyed": 3,
        "without_survey": 1,
        "approved": 2,
        "filtered_out": 1,
        "qualified": 1,
        "unqualified": 1,
        "intensity_queried": 1,
        "qualified_alternative": 1,
    }


def test_an_empty_list_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text("[]", encoding="utf-8")
    assert assess(tmp_path / "in.json", tmp_path / "out.json")["conversations"] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"survey_score": {"seeker": {"initial_emotion_intensity": 5}, "supporter": {}}},
            "record 1, survey_score",
        ),
        (
            {"dialog": [{"speaker": "robot", "annotation": {}, "content": "Hi"}]},
            "record 1, dialog[0].speaker",
        ),
        ({"experience_type": "Next Experience"}, "record 1, experience_type: expected one of"),
    ],
)
def test_a_malformed_record_refuses_the_whole_file(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    entries = [to_esconv(make_record()), to_esconv(make_record()) | change]
    (tmp_path / "in.json").write_text(json.dumps(entries), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        assess(tmp_path / "in.json", tmp_path / "out.json")
    assert message in str(caught.value)
    assert "expected" in str(caught.value)
    assert caught.value.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.json"]


def test_a_refusal_keeps_the_document_of_before(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assess(write(tmp_path / "good.json", make_record()), out)
    before = out.read_bytes()
    (tmp_path / "bad.json").write_text('[{"dialog": ', encoding="utf-8")
    with pytest.raises(CommandError):
        assess(tmp_path / "bad.json", out)
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.json", "--json", "out.json"], "absent.json: No such file"),
        (["in.json", "--json", "no/folder/out.json"], "out.json: No such file"),
        (["in.json", "--json", "out.json", "--protocol", "other"], "There is no protocol 'other'"),
    ],
)
def test_what_cannot_be_read_or_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in.json", make_record())
    with pytest.raises(CommandError, match=message):
        call_command("assess", *arguments, stdout=StringIO())
