"""Tests of the reviewers' clock: who watches when, and until when a case is to be taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from study.domain.monitoring import Watch

BERLIN = Watch("office_hours", zone="Europe/Berlin")
"""Monday to Friday, nine to five."""


@pytest.mark.parametrize(
    ("at", "watching"),
    [
        ("2026-11-23T08:00", True),  # Monday, nine in Berlin
        ("2026-11-23T07:59", False),
        ("2026-11-23T15:59", True),
        ("2026-11-23T16:00", False),
        ("2026-11-22T10:00", False),  # Sunday
        ("2026-07-06T07:00", True),  # summer time
    ],
)
def test_office_hours_are_those_of_the_study_s_place(at: str, watching: bool) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert BERLIN.watching(now) is watching
    assert Watch("live").watching(now)
    assert not Watch("none").watching(now)


@pytest.mark.parametrize(
    ("raised", "minutes", "due"),
    [
        ("2026-11-23T09:00", 15, "2026-11-23T09:15"),
        ("2026-11-23T15:50", 15, "2026-11-24T08:05"),  # ten minutes left today, five tomorrow
        ("2026-11-23T03:00", 15, "2026-11-23T08:15"),  # at night: counted from the morning
        ("2026-11-27T16:30", 15, "2026-11-30T08:15"),  # Friday evening to Monday
        ("2026-11-23T08:00", 2880, "2026-11-30T16:00"),  # six days of eight hours
    ],
)
def test_in_office_hours_only_their_minutes_count(raised: str, minutes: int, due: str) -> None:
    begin = datetime.fromisoformat(raised).replace(tzinfo=UTC)
    assert BERLIN.due_at(begin, minutes=minutes) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_the_night_of_the_changed_clocks_costs_nobody_an_hour() -> None:
    night = Watch("office_hours", zone="Europe/Berlin", days="1234567")
    saturday = datetime(2026, 10, 24, 14, 30, tzinfo=UTC)  # half past four in summer time
    assert night.due_at(saturday, minutes=60) == datetime(2026, 10, 25, 8, 30, tzinfo=UTC)


def test_live_is_at_once_and_none_is_never() -> None:
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert Watch("live").due_at(now, minutes=15) == now + timedelta(minutes=15)
    assert Watch("none").due_at(now, minutes=15) is None


def test_without_any_day_nothing_is_ever_due() -> None:
    assert Watch("office_hours", days="").due_at(datetime(2026, 11, 23, tzinfo=UTC), minutes=1) is None
