"""Strengths agree with closed forms and with another way to find the same maximum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from modeling.domain.bradley_terry import as_document, ranking

Result = tuple[str, str, float]


def by_minorisation(names: list[str], results: list[Result]) -> dict[str, float]:
    """Find the maximum by Hunter's (2004) iteration; return centred log strengths."""
    wins = {(a, b): 0.0 for a in names for b in names}
    for one, other, score in results:
        wins[one, other] += score
        wins[other, one] += 1 - score
    worth = dict.fromkeys(names, 1.0)
    for _round in range(4000):
        new = {
            a: sum(wins[a, b] for b in names)
            / sum((wins[a, b] + wins[b, a]) / (worth[a] + worth[b]) for b in names if b != a)
            for a in names
        }
        mean = np.exp(np.mean([math.log(v) for v in new.values()]))
        worth = {a: v / mean for a, v in new.items()}
    return {a: math.log(v) for a, v in worth.items()}


def test_two_agents_differ_by_the_log_odds_of_a_win() -> None:
    found = ranking(["a", "b"], [("a", "b", 1.0)] * 30 + [("b", "a", 1.0)] * 10)
    assert found is not None
    strong, weak = found.strengths
    assert (strong.name, weak.name) == ("a", "b")
    assert strong.value - weak.value == pytest.approx(math.log(3), abs=1e-6)
    # The error of a log-odds is sqrt(1/wins + 1/losses); each centred strength holds half of the difference.
    assert strong.high - strong.low == pytest.approx(1.959964 * math.sqrt(1 / 30 + 1 / 10), rel=1e-4)


def test_three_agents_with_ties_agree_with_another_algorithm() -> None:
    results = (
        [("a", "b", 1.0)] * 12
        + [("b", "a", 1.0)] * 8
        + [("b", "c", 1.0)] * 9
        + [("c", "b", 1.0)] * 5
        + [("c", "a", 1.0)] * 6
        + [("a", "c", 1.0)] * 7
        + [("a", "c", 0.5)] * 3
    )
    found = ranking(["a", "b", "c"], results)
    assert found is not None
    expected = by_minorisation(["a", "b", "c"], results)
    assert {s.name: s.value for s in found.strengths} == pytest.approx(expected, abs=1e-5)
    assert sum(s.value for s in found.strengths) == pytest.approx(0, abs=1e-9)
    assert [s.value for s in found.strengths] == sorted((s.value for s in found.strengths), reverse=True)


def test_equal_agents_are_not_told_apart() -> None:
    results = [(a, b, s) for a, b in (("a", "b"), ("b", "c"), ("c", "a")) for s in (1.0, 0.0)] * 5
    found = ranking(["a", "b", "c"], results)
    assert found is not None
    assert found.p_equal == pytest.approx(1.0)
    assert all(s.preferred == pytest.approx(0.5) for s in found.strengths)


@pytest.mark.parametrize(
    "results",
    [
        [],
        [("a", "b", 1.0)] * 5,
        [("a", "b", 1.0), ("b", "a", 1.0), ("a", "c", 1.0), ("b", "c", 1.0)],
        [("a", "b", 1.0), ("b", "a", 1.0)],
    ],
)
def test_where_somebody_never_wins_or_never_meets_nothing_is_estimated(results: list[Result]) -> None:
    assert ranking(["a", "b", "c"], results) is None
    assert as_document({"Overall": ranking(["a", "b", "c"], results)}) == {"Overall": None}


def test_one_tie_is_enough_to_keep_a_strength_finite() -> None:
    found = ranking(["a", "b"], [("a", "b", 1.0)] * 5 + [("a", "b", 0.5)])
    assert found is not None
    assert found.strengths[0].value - found.strengths[1].value == pytest.approx(math.log(5.5 / 0.5), abs=1e-5)
