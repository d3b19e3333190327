"""Tests of the arithmetic of pay, with figures worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from study import protocol_files
from study.domain.pay import hourly, wait_pay

REWARDS = protocol_files.read_protocol()[0].rewards


@pytest.mark.parametrize(
    ("seconds", "amount"),
    [(0, "0.00"), (-5, "0.00"), (0.1, "0.20"), (60, "0.20"), (60.1, "0.40"), (600, "2.00")],
)
def test_every_minute_that_was_begun_is_paid(seconds: float, amount: str) -> None:
    assert wait_pay(REWARDS, wait_seconds=seconds) == Decimal(amount)


@pytest.mark.parametrize(
    ("outcome", "amount"),
    [
        ("completed", "6.80"),  # 1.30 + 10 × 0.55
        ("partner_left", "6.80"),
        ("safety_exit", "6.80"),
        ("technical_failure", "6.80"),
        ("left_early", "1.30"),
        ("no_match", "1.30"),
        ("withdrawn", "1.30"),
        ("failed_training", "0.00"),
        ("no_consent", "0.00"),
    ],
)
def test_each_outcome_pays_what_the_table_says(outcome: str, amount: str) -> None:
    assert REWARDS.amount(outcome) == Decimal(amount)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("failed_training", "00"), ("left_early", "01"), ("partner_left", "02"), ("completed", "03")],
)
def test_the_exit_statuses_are_those_of_figure_8(outcome: str, status: str) -> None:
    assert REWARDS.row(outcome).exit_status == status


def test_a_rate_per_hour_is_rounded_to_cents() -> None:
    assert hourly(Decimal("6.80"), seconds=32 * 60) == Decimal("12.75")
    assert hourly(Decimal("1.00"), seconds=7000) == Decimal("0.51")
    assert hourly(Decimal("1.00"), seconds=0) is None
    assert hourly(Decimal("1.00"), seconds=-1) is None


def test_a_finished_chat_of_its_usual_length_stays_above_the_floor() -> None:
    rate = hourly(REWARDS.amount("completed"), seconds=32 * 60)
    assert rate is not None
    assert rate >= REWARDS.floor_per_hour
