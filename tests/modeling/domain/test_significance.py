"""Tests between systems, at the figures of the printed tables."""

from __future__ import annotations

import pytest
from scipy import stats

from modeling.domain.comparison import Outcome, compare, parse_answers
from modeling.domain.significance import holm, mark, paired_t_test, sign_test, win_interval
from modeling.errors import ScoresUnusable

# Counts of Liu et al. 2021, Table 5, and their exact two-sided p.
PRINTED = [(52, 35, 0.085689), (50, 34, 0.101136), (54, 34, 0.042211), (48, 27, 0.020298), (65, 25, 3e-05)]


@pytest.mark.parametrize(("win", "lose", "p"), PRINTED)
def test_the_sign_test_is_two_sided_and_exact(win: int, lose: int, p: float) -> None:
    assert sign_test(win, lose) == pytest.approx(p, abs=1e-6)
    assert sign_test(lose, win) == sign_test(win, lose)


def test_nobody_decided_means_no_difference() -> None:
    assert sign_test(0, 0) == 1.0
    assert win_interval(0, 0) == (0.0, 1.0)


def test_the_interval_of_the_share_of_wins_is_exact() -> None:
    # Clopper-Pearson for 9 of 10, from its definition by the beta distribution.
    low, high = win_interval(9, 1)
    assert low == pytest.approx(stats.beta.ppf(0.025, 9, 2))
    assert high == pytest.approx(stats.beta.ppf(0.975, 10, 1))


@pytest.mark.parametrize(("p", "expected"), [(0.049, "‡"), (0.05, "†"), (0.099, "†"), (0.1, "")])
def test_marks_are_the_papers(p: float, expected: str) -> None:
    assert mark(p) == expected


def test_holm_adjusts_from_the_smallest_and_never_falls() -> None:
    # Worked by hand: .01 * 3 = .03, .04 * 2 = .08, .03 * ... sorted .01, .03, .04 -> .03, .06, .06.
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06})


def test_the_paired_t_test_uses_the_pairing() -> None:
    one, other = [1.0, 2.0, 3.0, 4.5], [0.9, 1.8, 2.9, 4.1]
    assert paired_t_test(one, other) == pytest.approx(stats.ttest_1samp([0.1, 0.2, 0.1, 0.4], 0).pvalue)
    assert paired_t_test(one, one) == 1.0
    with pytest.raises(ValueError, match="two or more pairs"):
        paired_t_test([1.0], [1.0])


ANSWERS = [("fluency", Outcome.WIN)] * 52 + [("fluency", Outcome.LOSE)] * 35 + [("fluency", Outcome.TIE)] * 13


def test_a_comparison_counts_each_question_and_drops_ties_from_the_test() -> None:
    table = compare([*ANSWERS, ("overall", Outcome.TIE)])
    assert (table["fluency"].win, table["fluency"].lose, table["fluency"].tie) == (52, 35, 13)
    assert table["fluency"].p == pytest.approx(0.085689, abs=1e-6)
    assert table["fluency"].p_holm == pytest.approx(2 * 0.085689, abs=1e-5)
    assert table["fluency"].mark == "†"
    assert table["overall"].p == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "question,answer\nfluency,win\nfluency,tie\n",
        '[{"question": "fluency", "answer": "win"}, {"question": "fluency", "answer": "TIE"}]',
        '{"question": "fluency", "answer": "win"}\n{"question": "fluency", "answer": "same"}\n',
        "question,answer,shown_first\nfluency,second,false\nfluency,same,true\n",
    ],
)
def test_answers_are_read_in_each_form(text: str) -> None:
    assert parse_answers(text) == [("fluency", Outcome.WIN), ("fluency", Outcome.TIE)]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "holds no answer"),
        ("question,answer\nfluency,perhaps\n", "Answer 1 is 'perhaps'"),
        ("question,answer\n,win\n", "Answer 1 lacks"),
        ("question,answer\nfluency,first\n", "shown_first"),
        ("[{", "no JSON"),
        ("[1]", "must hold objects"),
    ],
)
def test_a_broken_file_of_answers_is_refused_with_the_place(text: str, because: str) -> None:
    with pytest.raises(ScoresUnusable, match=because):
        compare(parse_answers(text))
