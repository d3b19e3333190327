"""A campaign's results from its answers, against counts made by hand and SciPy's own test."""

from __future__ import annotations

import json

import pytest
from scipy import stats

from modeling.domain.answers import Answer, Choice
from modeling.domain.campaign_results import results_of

QUESTIONS = ("Fluency", "Overall")


def answers(one: str, other: str, question: str, choices: str, **details: str) -> list[Answer]:
    """One answer a letter: w, l, t for `one`. Even pairs meet `one` first, odd ones second."""
    made = []
    for number, letter in enumerate(choices):
        order = (one, other) if number % 2 == 0 else (other, one)
        winner = {"w": one, "l": other}.get(letter)
        choice = Choice.SAME if winner is None else (Choice.FIRST if order[0] == winner else Choice.SECOND)
        pair = f"{one}-{other}-{number}"
        made.append(Answer(pair, question, choice, order[0], order[1], **details))
    return made


def test_the_table_counts_for_the_earlier_agent_and_tests_as_scipy_does() -> None:
    given = answers("joint", "vanilla", "Overall", "w" * 52 + "l" * 35 + "t" * 13)
    given += answers("joint", "vanilla", "Fluency", "w" * 54 + "l" * 34 + "t" * 12)
    (found,) = results_of(given, agents=("joint", "vanilla"), questions=QUESTIONS).comparisons
    assert (found.one, found.other, found.pairs, found.one_first) == ("joint", "vanilla", 100, 50)
    assert list(found.table) == ["Fluency", "Overall"]
    overall, fluency = found.table["Overall"], found.table["Fluency"]
    assert (overall.win, overall.lose, overall.tie, overall.mark) == (52, 35, 13, "†")
    assert overall.p == stats.binomtest(52, 87).pvalue
    assert fluency.p == stats.binomtest(54, 88).pvalue
    assert (fluency.mark, overall.p_holm) == ("‡", pytest.approx(overall.p))
    assert fluency.p_holm == pytest.approx(2 * fluency.p)


def test_the_order_effect_counts_places_whoever_stood_there() -> None:
    # Everybody prefers whom they met first: each agent wins half, the place wins all.
    given = answers("a", "b", "Overall", "wlwlwlwlwl")
    found = results_of(given, agents=("a", "b"), questions=QUESTIONS)
    assert (found.comparisons[0].table["Overall"].win, found.comparisons[0].table["Overall"].lose) == (5, 5)
    effect = found.order["Overall"]
    assert (effect.first, effect.second, effect.same) == (10, 0, 0)
    assert effect.p == stats.binomtest(10, 10).pvalue


def test_answers_are_told_apart_by_problem_and_feeling() -> None:
    given = answers("a", "b", "Overall", "www", problem="job_crisis", emotion="fear")
    given += answers("a", "b", "Overall", "ll", problem="breakup", emotion="fear")
    (found,) = results_of(given, agents=("a", "b"), questions=QUESTIONS).comparisons
    assert {k: (v["Overall"].win, v["Overall"].lose) for k, v in found.by_problem.items()} == {
        "breakup": (0, 2),
        "job_crisis": (3, 0),
    }
    assert list(found.by_emotion) == ["fear"]


def test_three_agents_are_compared_by_twos_and_ranked() -> None:
    given = (
        answers("a", "b", "Overall", "wwlw")
        + answers("b", "c", "Overall", "wlww")
        + answers("a", "c", "Overall", "lwwt")
    )
    found = results_of(given, agents=("a", "b", "c"), questions=QUESTIONS)
    assert [(c.one, c.other, c.pairs) for c in found.comparisons] == [
        ("a", "b", 4),
        ("a", "c", 4),
        ("b", "c", 4),
    ]
    ranked = found.ranking["Overall"]
    assert ranked is not None
    assert [s.name for s in ranked.strengths] == ["a", "b", "c"]
    assert (
        json.loads(json.dumps(found.document()))["bradley_terry"]["Overall"]["strengths"][0]["agent"] == "a"
    )


def test_two_agents_need_no_ranking_and_nothing_has_no_comparison() -> None:
    assert (
        results_of(answers("a", "b", "Overall", "wl"), agents=("a", "b"), questions=QUESTIONS).ranking == {}
    )
    assert results_of([], agents=("a", "b"), questions=QUESTIONS).comparisons == ()
