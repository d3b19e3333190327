"""The study's lifecycle, its estimate of pay, and the differences between protocols: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from study import protocol_files
from study.domain.errors import StudyStepRefused
from study.domain.pay_estimate import Assumptions, pay_estimate
from study.domain.protocol_differences import Difference, differences
from study.domain.study_lifecycle import TRANSITIONS, StudyState, StudyStep, advance_study, steps_from


@pytest.mark.parametrize(("state", "step"), list(product(StudyState, StudyStep)))
def test_a_study_takes_the_steps_of_the_table_and_no_others(state: StudyState, step: StudyStep) -> None:
    if (state, step) in TRANSITIONS:
        assert advance_study(state, step) is TRANSITIONS[state, step]
        assert step in steps_from(state)
    else:
        with pytest.raises(StudyStepRefused, match=f"{state.value} cannot {step.value}"):
            advance_study(state, step)


ASSUMED = Assumptions(
    chat_minutes=30, training_minutes=20, passed_percent=50, chats_per_supporter=4, kept_percent=40
)


def test_the_estimate_is_the_tables_arithmetic() -> None:
    rewards = protocol_files.read_protocol()[0].rewards
    # A finished conversation pays 1.30 + 10 × 0.55 = 6.80 a side, the training 6.00.
    estimate = pay_estimate(rewards, ASSUMED)
    assert [(rate.work, rate.per_hour) for rate in estimate.rates] == [
        ("seeker", Decimal("13.60")),
        ("supporter", Decimal("13.60")),
        ("training", Decimal("18.00")),
    ]
    assert estimate.per_chat == Decimal("13.60")
    # Two trainings for each who passes, spread over four conversations.
    assert estimate.training_per_chat == Decimal("3.00")
    # Of ten conversations four are kept: (13.60 + 3.00) / 0.4.
    assert estimate.per_kept == Decimal("41.50")
    assert estimate.below_floor == []


def test_slower_work_falls_below_the_floor() -> None:
    rewards = protocol_files.read_protocol()[0].rewards
    slow = pay_estimate(rewards, replace(ASSUMED, chat_minutes=34))
    exact = pay_estimate(rewards, replace(ASSUMED, chat_minutes=34))
    assert slow.rates[0].per_hour == exact.rates[0].per_hour == Decimal("12.00")
    assert slow.below_floor == [], "the floor itself is enough"
    assert [rate.work for rate in pay_estimate(rewards, replace(ASSUMED, chat_minutes=35)).below_floor] == [
        "seeker",
        "supporter",
    ]


@pytest.mark.parametrize(
    "wrong", [{"chat_minutes": 0}, {"kept_percent": 0}, {"passed_percent": 101}, {"chats_per_supporter": -1}]
)
def test_an_impossible_assumption_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above"):
        pay_estimate(protocol_files.read_protocol()[0].rewards, replace(ASSUMED, **wrong))


def test_differences_name_the_entry_and_both_values() -> None:
    old = {
        "chat": {"least": 1, "most": 2},
        "items": [{"key": "a", "n": 1}, {"key": "b", "n": 2}],
        "gone": "x",
    }
    new = {
        "chat": {"least": 1, "most": 3},
        "items": [{"key": "b", "n": 2}, {"key": "c", "n": 1}],
        "words": [],
    }
    assert differences(old, new) == [
        Difference("chat.most", "2", "3"),
        Difference("items[c].key", "", "c"),
        Difference("items[c].n", "", "1"),
        Difference("words", "", "[]"),
        Difference("items[a].key", "a", ""),
        Difference("items[a].n", "1", ""),
        Difference("gone", "x", ""),
    ]
    assert differences(old, old) == []
