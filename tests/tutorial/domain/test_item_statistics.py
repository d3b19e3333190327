"""Statistics of a toy exam, worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutorial.domain.item_statistics import Answer, item_statistics

START = datetime(2026, 3, 1, tzinfo=UTC)

# Four attempts at three items:        a  b  c
RIGHT = {1: (1, 1, 1), 2: (1, 1, 0), 3: (0, 1, 0), 4: (0, 0, 0)}
SECONDS = {"a": (4.0, 10.0, 20.0, 30.0), "b": (8.0, 8.0, 8.0, 8.0), "c": (1.0, 2.0, 3.0, 9.0)}


def toy() -> list[Answer]:
    return [
        Answer(attempt, key, bool(right), SECONDS[key][attempt - 1], START + timedelta(days=attempt))
        for attempt, rights in RIGHT.items()
        for key, right in zip("abc", rights, strict=True)
    ]


def test_the_toy_exam() -> None:
    a, b, c = item_statistics(toy(), min_seconds=5)
    assert (a.item_key, a.n, a.difficulty) == ("a", 4, 0.5)
    # Own answers 1 1 0 0 against the rest's shares 1, 1/2, 1/2, 0: r = 2/sqrt(8) = 1/sqrt(2).
    assert a.discrimination == pytest.approx(0.5**0.5)
    assert a.median_seconds == 15.0
    assert a.hurried_share == 0.25
    assert a.drift == -1.0
    assert (b.difficulty, b.median_seconds, b.hurried_share, b.drift) == (0.75, 8.0, 0.0, -0.5)
    assert (c.difficulty, c.median_seconds, c.hurried_share) == (0.25, 2.5, 0.75)


def test_the_order_of_the_answers_does_not_matter() -> None:
    assert item_statistics(list(reversed(toy())), min_seconds=5) == item_statistics(toy(), min_seconds=5)


def test_nothing_is_said_where_nothing_varies() -> None:
    same = [Answer(attempt, key, True, 9.0, START) for attempt in (1, 2) for key in "ab"]
    assert all(item.discrimination is None for item in item_statistics(same, min_seconds=5))
    (only,) = item_statistics([Answer(1, "a", True, 9.0, START)], min_seconds=5)
    assert only.discrimination is None
    assert only.drift is None


def test_no_answers_give_no_statistics() -> None:
    assert item_statistics([], min_seconds=5) == []


def test_the_middle_answer_of_an_odd_number_counts_for_neither_half() -> None:
    answers = [Answer(n, "a", n > 1, 9.0, START + timedelta(days=n)) for n in range(3)]
    (only,) = item_statistics(answers, min_seconds=5)
    assert only.drift == 1.0
