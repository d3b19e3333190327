"""What is replaced, what is not, and that nothing else changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.record import Survey
from qualitycontrol.domain.deidentify import deidentify, redact
from tests.qualitycontrol.factories import make_record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to jo.doe+x@mail.example.org, please.", "Write to [EMAIL], please."),
        ("jo (at) mail (dot) example.com", "[EMAIL]"),
        ("See https://example.org/a?b=c.", "See [URL]."),
        ("(www.example.org/about)", "([URL])"),
        ("look at my-site.example.co.uk/jo today", "look at [URL] today"),
        ("Call +44 20 7946 0958 now", "Call [PHONE] now"),
        ("call (555) 010-0199!", "call [PHONE]!"),
        ("555-0199 or 5550100199", "[PHONE] or [PHONE]"),
        ("Tel. 030 901820", "Tel. [PHONE]"),
        ("I am @jo_doe.", "I am [HANDLE]."),
        ("find me as u/sad_panda or panda#1234", "find me as [HANDLE] or [HANDLE]"),
        ("my Insta is jo_doe99", "my Insta is [HANDLE]"),
        ("My worker id is A2ZX3C4V5B6N7M", "My worker id is [ID]"),
        ("5f3c2a1b9d8e7f6a5b4c3d2e", "[ID]"),
        ("SSN 078-05-1120, card 4111 1111 1111 1111", "SSN [ID], card [ID]"),
    ],
)
def test_what_identifies_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "I feel sad...really sad.",
        "We met on 2020-03-15, then 12/05/2019, during 2019-2020 and 2019/2021.",
        "It cost $1,200,000 or 1500.50 euros; 10-12 hours a day.",
        "I got 85% in 3 of 4 exams @ school",
        "call.me or do.it e.g. this.And so on",
        "my snap is not what I wanted; discord is fine",
        "and/or u/me ABSOLUTELY HEARTBROKEN AAAAAAAAAAAAAA",
        "I am 25, he is 31, we have 2 kids: 4 and 7.",
        "24/7 for 365 days, since 1998",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text).text == text
    assert not redact(text).found


def test_findings_are_counted_by_kind() -> None:
    found = redact("a@example.org b@example.org www.example.org @jo").found
    assert found == Counter({"email": 2, "url": 1, "handle": 1})


def test_every_free_text_of_a_record_is_cleaned() -> None:
    private = "mail a@example.org"
    record = make_record(
        survey=Survey(4, 3, 3, 4, 1, None, seeker_liked=private, supporter_improve=private), feedback=(5,)
    )
    record = replace(record, situation=private)
    record = replace(record, utterances=(replace(record.utterances[0], text=private), *record.utterances[1:]))
    cleaned, found = deidentify(record)
    assert found == Counter({"email": 4})
    assert "example.org" not in repr(cleaned)
    assert cleaned.utterances[1:] == record.utterances[1:]


def test_no_free_text_of_the_survey_is_forgotten() -> None:
    texts = [field.name for field in fields(Survey) if field.type == "str"]
    private = replace(Survey(), **dict.fromkeys(texts, "a@example.org"))
    cleaned, found = deidentify(make_record(survey=private))
    assert found["email"] == len(texts) == 4
    assert "example.org" not in repr(cleaned.survey)


@given(st.text(alphabet="ab 0123456789.@/:-()#_+\nwu", max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@given(
    st.text(
        alphabet=st.characters(whitelist_categories=("L", "Zs"), whitelist_characters="?!,;"), max_size=80
    )
)
def test_words_alone_are_never_touched(text: str) -> None:
    assert redact(text).text == text
