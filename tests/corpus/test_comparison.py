from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from corpus.comparison import compare, comparison_tables
from corpus.record import Survey
from tests.corpus.factories import make_conversation, rich_conversation, small_corpus


def test_shared_conversations_are_found_by_what_was_said() -> None:
    corpus = small_corpus()
    renamed = replace(corpus[0], id="x1", seeker_id="p9", survey=Survey(1, 1, 1, 1))
    document: Any = compare(corpus, [renamed, corpus[1], rich_conversation()])
    assert document["conversations"] == {"both": 2, "only_a": 5, "only_b": 1}


def test_a_changed_annotation_is_another_conversation() -> None:
    a = make_conversation("S: a", "Qu: b")
    b = make_conversation("S: a", "Ot: b")
    document: Any = compare([a], [b])
    assert document["conversations"] == {"both": 0, "only_a": 1, "only_b": 1}


def test_numbers_are_set_side_by_side() -> None:
    a = [make_conversation("S: a", "Qu: b", "S4: c", minutes=10.0)]
    b = [make_conversation("S: a", "Qu: b c", "S5: c", "S: d")]
    numbers: Any = compare(a, b)["numbers"]
    assert numbers["conversations"] == {"a": 1, "b": 1, "difference": 0}
    assert numbers["utterances.seeker"] == {"a": 2, "b": 3, "difference": 1}
    assert numbers["mean_utterance_length.supporter"] == {"a": 1.0, "b": 2.0, "difference": 1.0}
    assert numbers["feedback_mean"] == {"a": 4.0, "b": 5.0, "difference": 1.0}
    assert numbers["minutes_mean"] == {"a": 10.0, "b": None, "difference": None}


def test_the_distributions_are_tested() -> None:
    # Strategies 3:1 against 1:3; expected 2 everywhere, so chi-square is 4 * 1 / 2.
    a = [make_conversation("Qu: a", "Qu: b", "Qu: c", "Ot: d")]
    b = [make_conversation("Qu: a", "Ot: b", "Ot: c", "Ot: d")]
    found: Any = compare(a, b)["distributions"]["strategy"]  # type: ignore[index]
    assert found["n"] == {"a": 4, "b": 4}
    assert found["shares"] == {
        "Question": {"a": 0.75, "b": 0.25, "difference": -0.5},
        "Others": {"a": 0.25, "b": 0.75, "difference": 0.5},
    }
    assert found["test"]["chi_square"] == pytest.approx(2.0)
    assert found["test"]["degrees_of_freedom"] == 1
    assert found["test"]["p"] == pytest.approx(0.157299, abs=1e-6)
    assert found["test"]["cramers_v"] == pytest.approx(0.5)


def test_there_is_no_test_of_one_label_or_of_nothing() -> None:
    document: Any = compare([make_conversation("S: a", "Qu: b")], [])
    assert document["distributions"]["strategy"]["test"] is None
    assert document["distributions"]["feedback"] == {"n": {"a": 0, "b": 0}, "shares": {}, "test": None}


def test_the_tables_show_every_part() -> None:
    document = compare(small_corpus(), small_corpus()[:3])
    text = "\n".join(table.to_text() for table in comparison_tables(document))
    assert "In both  Only in A  Only in B" in text
    assert "Cramér's V" in text
    assert "mean_utterance_length.supporter" in text
