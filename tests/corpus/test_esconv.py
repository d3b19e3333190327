from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import CorpusFormatError
from corpus.esconv import parse_esconv, read_esconv, to_esconv, write_esconv
from corpus.record import Conversation, Survey, Utterance
from tests.corpus.factories import make_conversation, small_corpus

HERE = Path(__file__).parent
PUBLISHED_KEYS = [
    "experience_type",
    "emotion_type",
    "problem_type",
    "situation",
    "survey_score",
    "dialog",
    "seeker_question1",
    "seeker_question2",
    "supporter_question1",
    "supporter_question2",
]


def entry() -> dict[str, Any]:
    return copy.deepcopy(json.loads((HERE / "esconv_small.json").read_text())[0])


def check_refuses(change: Callable[[dict[str, Any]], None], *, field: str, because: str) -> None:
    good, damaged = entry(), entry()
    change(damaged)
    with pytest.raises(CorpusFormatError) as refusal:
        parse_esconv([good, damaged])
    assert (refusal.value.index, refusal.value.field) == (1, field)
    assert because in refusal.value.expected
    assert "\n" not in str(refusal.value)


def test_the_published_shape_reads_to_the_record_with_clean_white_space() -> None:
    assert read_esconv(HERE / "esconv_small.json") == small_corpus()


def test_the_failed_file_reads_with_its_older_names() -> None:
    expected = [
        replace(c, survey=replace(c.survey, seeker_liked="", seeker_improve="")) for c in small_corpus()[3:5]
    ]
    assert read_esconv(HERE / "failed_small.json") == expected


def test_writing_is_the_inverse_of_reading_up_to_white_space(tmp_path: Path) -> None:
    assert write_esconv(small_corpus(), tmp_path / "out.json") == 7
    written = json.loads((tmp_path / "out.json").read_text())
    published = json.loads((HERE / "esconv_small.json").read_text())
    for record in published:
        for message in record["dialog"]:
            message["content"] = " ".join(message["content"].split())
    assert json.dumps(written) == json.dumps(published)  # as text: the order of the keys counts


def test_the_written_bytes_are_those_of_an_indented_dump(tmp_path: Path) -> None:
    records = [to_esconv(c) for c in small_corpus()]
    write_esconv(small_corpus(), tmp_path / "out.json")
    assert (tmp_path / "out.json").read_text() == json.dumps(records, indent=2, ensure_ascii=False)


def test_an_empty_corpus_is_an_empty_list(tmp_path: Path) -> None:
    assert write_esconv([], tmp_path / "out.json") == 0
    assert read_esconv(tmp_path / "out.json") == []


def test_keys_are_written_in_the_published_order_and_scores_as_strings() -> None:
    written: Any = to_esconv(make_conversation())
    assert list(written) == PUBLISHED_KEYS
    assert written["survey_score"] == {
        "seeker": {
            "initial_emotion_intensity": "4",
            "empathy": "5",
            "relevance": "4",
            "final_emotion_intensity": "2",
        },
        "supporter": {"relevance": "5"},
    }
    assert [m["annotation"] for m in written["dialog"]] == [
        {},
        {"strategy": "Question"},
        {"strategy": "Reflection of feelings"},
        {"feedback": "5"},
    ]


def test_a_missing_survey_leaves_only_the_initial_intensity() -> None:
    written: Any = to_esconv(make_conversation(survey=Survey(intensity_before=3)))
    assert written["survey_score"] == {"seeker": {"initial_emotion_intensity": "3"}, "supporter": {}}


def test_a_zero_for_detail_is_kept() -> None:
    conversation = make_conversation(survey=Survey(3, 2, 4, 4, 0))
    assert parse_esconv([to_esconv(conversation)]) == [conversation]


@pytest.mark.parametrize("label", ["Jealousy", "money troubles"])
def test_unknown_problems_and_emotions_are_data(label: str) -> None:
    conversation = make_conversation(problem=label, emotion=label)
    assert parse_esconv([to_esconv(conversation)]) == [conversation]


@pytest.mark.parametrize("key", PUBLISHED_KEYS[:6])
def test_a_missing_key_is_refused(key: str) -> None:
    check_refuses(lambda e: e.pop(key), field=key, because="missing")


@pytest.mark.parametrize(
    ("change", "field", "because"),
    [
        (lambda e: e.update(experience_type="Old"), "experience_type", "Current Experience"),
        (lambda e: e.update(emotion_type=" "), "emotion_type", "not empty"),
        (lambda e: e.update(situation=3), "situation", "text"),
        (lambda e: e.update(dialog={}), "dialog", "a list"),
        (lambda e: e.update(dialog=[]), "dialog", "at least one"),
        (lambda e: e["dialog"].append("hi"), "dialog[14]", "an object"),
        (lambda e: e["dialog"][1].update(speaker="bot"), "dialog[1].speaker", "seeker"),
        (lambda e: e["dialog"][1].update(content=" \n"), "dialog[1].content", "not empty"),
        (lambda e: e["dialog"][1].update(content="\ud800"), "dialog[1].content", "surrogates"),
        (lambda e: e["dialog"][1].pop("annotation"), "dialog[1].annotation", "missing"),
        (lambda e: e["dialog"][1].update(annotation={}), "dialog[1].annotation.strategy", "missing"),
        (
            lambda e: e["dialog"][1].update(annotation={"strategy": "Joke"}),
            "dialog[1].annotation.strategy",
            "eight strategies",
        ),
        (
            lambda e: e["dialog"][1]["annotation"].update(feedback="5"),
            "dialog[1].annotation.feedback",
            "no other key",
        ),
        (
            lambda e: e["dialog"][0].update(annotation={"strategy": "Others"}),
            "dialog[0].annotation.strategy",
            "no other key",
        ),
        (
            lambda e: e["dialog"][0].update(annotation={"feedback": "6"}),
            "dialog[0].annotation.feedback",
            '"1" to "5"',
        ),
        (
            lambda e: e["survey_score"]["seeker"].update(empathy="0"),
            "survey_score.seeker.empathy",
            '"1" to "5"',
        ),
        (
            lambda e: e["survey_score"]["seeker"].update(empathy=5),
            "survey_score.seeker.empathy",
            "as a string",
        ),
        (
            lambda e: e["survey_score"]["seeker"].pop("initial_emotion_intensity"),
            "survey_score.seeker.initial_emotion_intensity",
            "missing",
        ),
        (
            lambda e: e["survey_score"]["seeker"].update(empaty="5"),
            "survey_score.seeker.empaty",
            "no other key",
        ),
        (
            lambda e: e["survey_score"]["supporter"].update(relevance="6"),
            "survey_score.supporter.relevance",
            '"0" to "5"',
        ),
    ],
)
def test_a_damaged_record_is_refused_at_its_field(
    change: Callable[[dict[str, Any]], None], field: str, because: str
) -> None:
    check_refuses(change, field=field, because=because)


def test_what_the_format_cannot_say_is_refused_when_writing() -> None:
    def check(conversation: Conversation, field: str) -> None:
        with pytest.raises(CorpusFormatError) as refusal:
            to_esconv(conversation, index=3)
        assert (refusal.value.index, refusal.value.field) == (3, field)

    conversation = make_conversation()
    first, second, *_ = conversation.utterances
    check(make_conversation(survey=Survey()), "survey.intensity_before")
    check(replace(conversation, utterances=(replace(second, strategy=None),)), "utterances[0].strategy")
    check(replace(conversation, utterances=(Utterance(first.speaker, " "),)), "utterances[0].text")


def test_a_failed_write_leaves_the_earlier_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("earlier")
    with pytest.raises(CorpusFormatError):
        write_esconv([make_conversation(), make_conversation(survey=Survey())], target)
    assert target.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [target]
