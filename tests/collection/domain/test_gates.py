"""Tests of the gates exactly on, below and above their thresholds (§4.2, Figure 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collection.domain.gates import feedback_due, may_extend, may_finish, partner_silent, seeker_turns
from study import protocol_files

RULES = protocol_files.read_protocol()[0].chat
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("roles", "turns"),
    [
        ("", 0),
        ("u", 0),
        ("s", 1),
        ("sss", 1),
        ("sus", 2),
        ("ssuusus", 3),
        ("usuuss", 2),
    ],
)
def test_a_turn_is_a_run_of_the_seeker_s_messages(roles: str, turns: int) -> None:
    assert seeker_turns({"s": "seeker", "u": "supporter"}[r] for r in roles) == turns


@pytest.mark.parametrize(
    ("turns", "seconds", "open_"),
    [(10, 900, True), (9, 900, False), (10, 899.9, False), (11, 3000, True), (0, 9000, False)],
)
def test_the_seeker_may_finish_after_ten_turns_and_fifteen_minutes(
    turns: int, seconds: float, open_: bool
) -> None:
    now = START + timedelta(seconds=seconds)
    assert may_finish(RULES, turns=turns, started_at=START, now=now) is open_


@pytest.mark.parametrize(("seconds", "silent"), [(179.9, False), (180, True), (181, True), (-5, False)])
def test_a_partner_is_silent_after_three_minutes(seconds: float, silent: bool) -> None:
    now = START + timedelta(seconds=seconds)
    assert partner_silent(RULES, last_active_at=START, extended_at=None, now=now) is silent


@pytest.mark.parametrize(
    ("asked", "seconds", "silent"), [(150, 299.9, False), (150, 300, True), (-1, 180, True), (-1, 179, False)]
)
def test_an_extension_holds_for_the_silence_that_it_was_asked_in(
    asked: float, seconds: float, silent: bool
) -> None:
    now, extended_at = START + timedelta(seconds=seconds), START + timedelta(seconds=asked)
    assert partner_silent(RULES, last_active_at=START, extended_at=extended_at, now=now) is silent


@pytest.mark.parametrize(
    ("seconds", "extended_at", "may"), [(89, None, False), (90, None, True), (500, START, False)]
)
def test_more_time_is_asked_for_once_and_only_in_a_silence(
    seconds: float, extended_at: datetime | None, may: bool
) -> None:
    now = START + timedelta(seconds=seconds)
    assert may_extend(RULES, last_active_at=START, extended_at=extended_at, now=now) is may


@pytest.mark.parametrize(("unrated", "due"), [([], False), ([1], False), ([1, 3], True), ([1, 3, 4], True)])
def test_feedback_is_due_after_two_new_utterances(unrated: list[int], due: bool) -> None:
    assert feedback_due(RULES, unrated=unrated) is due
