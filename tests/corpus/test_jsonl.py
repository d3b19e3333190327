from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import CorpusFormatError
from corpus.jsonl import conversation_from_json, iter_jsonl, read_jsonl, to_json, write_jsonl
from tests.corpus.factories import rich_conversation, small_corpus


def check_refuses(change: Callable[[dict[str, Any]], object], *, field: str, because: str) -> None:
    record = json.loads(to_json(rich_conversation()))
    change(record)
    with pytest.raises(CorpusFormatError) as refusal:
        conversation_from_json(json.dumps(record).encode(), index=3)
    assert (refusal.value.index, refusal.value.field) == (3, field)
    assert because in refusal.value.expected


def test_nothing_is_lost(tmp_path: Path) -> None:
    conversations = [*small_corpus(), rich_conversation()]
    assert write_jsonl(conversations, tmp_path / "corpus.jsonl") == 8
    assert read_jsonl(tmp_path / "corpus.jsonl") == conversations


def test_equal_records_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_jsonl([rich_conversation()], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_keys_are_the_fields_of_the_record() -> None:
    record = json.loads(to_json(rich_conversation()))
    assert list(record) == [
        "experience", "emotion", "problem", "situation", "survey", "utterances",
        "id", "seeker_id", "supporter_id", "minutes", "criteria", "flags",
    ]  # fmt: skip
    assert record["utterances"][1] == {
        "speaker": "supporter",
        "text": "How long do you wait?",
        "strategy": "Question",
        "feedback": None,
        "original_strategy": "Others",
        "votes": ["Question", "Question"],
        "rates": [],
        "offset_seconds": 12.5,
        "review": "change",
    }


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(b"\n" + to_json(rich_conversation()) + b"\n\n")
    assert list(iter_jsonl(path)) == [rich_conversation()]


def test_a_record_may_leave_out_what_has_a_default() -> None:
    line = json.dumps(
        {
            "experience": "Previous Experience",
            "emotion": "fear",
            "problem": "exams",
            "situation": "",
            "survey": {},
            "utterances": [{"speaker": "seeker", "text": "Hi"}],
        }
    )
    conversation = conversation_from_json(line.encode())
    assert conversation.id is None
    assert conversation.survey.intensity_before is None
    assert conversation.utterances[0].votes == ()


@pytest.mark.parametrize("line", [b"{", b"[1] 2", b"\xff", b'{"a": NaN}'])
def test_what_is_not_json_is_refused(line: bytes) -> None:
    with pytest.raises(CorpusFormatError, match="record 5"):
        conversation_from_json(line, index=5)


@pytest.mark.parametrize(
    ("change", "field", "because"),
    [
        (lambda r: r.pop("problem"), "", "missing required field `problem`"),
        (lambda r: r.update(notes="x"), "notes", "no such key"),
        (lambda r: r["survey"].update(empaty=1), "survey.empaty", "no such key"),
        (lambda r: r["utterances"][2].update(label="x"), "utterances[2].label", "no such key"),
        (lambda r: r.update(experience="Old"), "experience", "Current Experience"),
        (lambda r: r.update(emotion=" "), "emotion", "not empty"),
        (lambda r: r.update(minutes=-1), "minutes", "from 0"),
        (lambda r: r["survey"].update(empathy=6), "survey.empathy", "1 to 5"),
        (lambda r: r["survey"].update(empathy="5"), "survey.empathy", "int"),
        (lambda r: r["survey"].update(detail=6), "survey.detail", "0 to 5"),
        (lambda r: r.update(utterances=[]), "utterances", "at least one"),
        (lambda r: r["utterances"][0].update(speaker="bot"), "utterances[0].speaker", "nvalid"),
        (lambda r: r["utterances"][0].update(text=" "), "utterances[0].text", "not empty"),
        (lambda r: r["utterances"][0].update(strategy="Others"), "utterances[0].strategy", "no strategy"),
        (lambda r: r["utterances"][0].update(offset_seconds=-1), "utterances[0].offset_seconds", "from 0"),
        (lambda r: r["utterances"][1].update(strategy="Joke"), "utterances[1].strategy", "eight"),
        (lambda r: r["utterances"][1].update(votes=["Joke"]), "utterances[1].votes[0]", "eight"),
        (lambda r: r["utterances"][1].update(feedback=3), "utterances[1].feedback", "no feedback"),
        (lambda r: r["utterances"][3].update(feedback=0), "utterances[3].feedback", "1 to 5"),
        (lambda r: r["utterances"][3].update(rates=[1, 4]), "utterances[3].rates[1]", "earlier message"),
        (lambda r: r["utterances"][3].update(rates=[0]), "utterances[3].rates[0]", "of the supporter"),
    ],
)
def test_an_impossible_record_is_refused_at_its_field(
    change: Callable[[dict[str, Any]], object], field: str, because: str
) -> None:
    check_refuses(change, field=field, because=because)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("utterances", 1, "review"), "liked", "utterances[1].review"),
        (("utterances", 0, "review"), "keep", "utterances[0].strategy"),
        (("survey", "intensity_review"), "liked", "survey.intensity_review"),
        (("flags",), {"pasted_text": [5]}, "flags.pasted_text[0]"),
        (("flags",), {"pasted_text": [-1]}, "flags.pasted_text[0]"),
    ],
)
def test_outcomes_of_reviews_and_flags_are_checked(
    path: tuple[str | int, ...], value: object, field: str
) -> None:
    document = json.loads(to_json(rich_conversation()))
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(CorpusFormatError) as refused:
        conversation_from_json(json.dumps(document).encode())
    assert refused.value.field == field
