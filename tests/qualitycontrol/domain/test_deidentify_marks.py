"""What people mark is replaced wherever it stands; what they keep stays where they said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.record import Survey
from qualitycontrol.domain.deidentify import KEEP, Mark, deidentify, places, plan, texts_digest, texts_of
from qualitycontrol.domain.spans import Kind, Span, replaced
from tests.qualitycontrol.factories import make_record


def shown(texts: dict[str, str], *marks: Mark, rules: bool = True) -> list[str]:
    found = plan(texts, marks, rules=rules)
    return [replaced(text, found[place]) for place, text in texts.items()]


def mark(texts: dict[str, str], words: str, kind: str = "name") -> Mark:
    place = next(place for place, text in texts.items() if words in text)
    start = texts[place].index(words)
    return Mark(place, start, start + len(words), kind)


@pytest.mark.parametrize(
    ("first", "words", "second", "expected"),
    [
        (
            "Anna left.",
            "Anna",
            "I miss anna, ANNA! Anna's cat. Hannah, Annas.",
            "I miss [NAME], [NAME]! [NAME]'s cat. Hannah, Annas.",
        ),
        ("New York is loud.", "New York", "new  york, New\nYork, Newyork", "[NAME], [NAME], Newyork"),
        ("José (Zoë) ok", "José (Zoë", "JOSÉ (ZOË)", "[NAME])"),
        ("C++ club", "C++", "the C++ club", "the [NAME] club"),
        ("我叫王明。", "王明", "王明在这里", "[NAME]在这里"),
        ("room B12a", "B12", "B12a and B12", "[NAME]a and [NAME]"),
    ],
    ids=["whole words in any case", "any spacing", "accents", "signs", "no blanks", "part of a word"],
)
def test_marked_words_go_everywhere(first: str, words: str, second: str, expected: str) -> None:
    texts = {"u1": first, "u2": second}
    assert shown(texts, mark(texts, words))[1] == expected


def test_a_mark_may_widen_what_a_rule_found_and_a_rule_what_was_marked() -> None:
    texts = {"u1": "anna@example.org is Anna, call 555-0199 ext 7"}
    marks = [mark(texts, "Anna"), mark(texts, "555-0199 ext 7", "phone")]
    assert shown(texts, *marks) == ["[EMAIL] is [NAME], call [PHONE]"]


def test_kept_stays_here_and_nowhere_else() -> None:
    texts = {"u1": "Will came.", "u2": "Will you? Will left.", "u3": "see www.example.org"}
    marks = [mark(texts, "Will"), Mark("u2", 0, 4, KEEP), Mark("u3", 4, 19, KEEP)]
    assert shown(texts, *marks) == ["[NAME] came.", "Will you? [NAME] left.", "see www.example.org"]


def test_a_mark_that_points_nowhere_says_nothing() -> None:
    texts = {"u1": "short"}
    assert shown(texts, Mark("u1", 2, 99, "name"), Mark("u9", 0, 4, "name"), Mark("u1", 3, 3, "name")) == [
        "short"
    ]


def test_a_reading_from_nothing_leaves_the_rules_out() -> None:
    texts = {"u1": "Anna: a@example.org"}
    assert plan(texts, [mark(texts, "Anna")], rules=False) == {"u1": [Span(0, 4, Kind.NAME)]}


def test_all_texts_of_a_record_are_read_and_cleaned() -> None:
    record = make_record(
        survey=Survey(4, 3, 3, 4, 1, None, seeker_liked="Anna was kind", supporter_improve="anna")
    )
    record = replace(record, situation="My sister Anna.")
    texts = texts_of(record)
    assert places(texts) == [
        "situation",
        *(f"u{n}" for n in range(1, 17)),
        "seeker_liked",
        "supporter_improve",
    ]
    cleaned, counts = deidentify(record, [mark(texts, "Anna")])
    assert counts == {"name": 3}
    assert "nna" not in repr(cleaned)
    assert cleaned.utterances == record.utterances


def test_the_digest_knows_every_text_and_where_it_stands() -> None:
    texts = {"u1": "a", "u2": "b"}
    assert texts_digest(texts) == texts_digest({"u2": "b", "u1": "a"})
    assert len({texts_digest(t) for t in (texts, {"u1": "b", "u2": "a"}, {"u1": "a"})}) == 3
