"""The limit of tries is one for all processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from study.clock import database_now
from study.models import AttemptWindow
from study.services.attempts import attempt_allow
from tests.support.threads import at_once


def allow(who: str = "203.0.113.7") -> bool:
    return attempt_allow("resume", who, tries=3, seconds=60)


@pytest.mark.django_db
def test_so_many_are_allowed_for_each_and_then_none_until_the_time_is_over() -> None:
    assert [allow() for _try in range(5)] == [True, True, True, False, False]
    assert allow("203.0.113.8")
    AttemptWindow.objects.update(since=database_now() - timedelta(seconds=61))
    assert allow()


@pytest.mark.django_db
def test_no_address_is_stored_and_old_rows_go() -> None:
    assert allow()
    assert "203.0.113.7" not in repr(list(AttemptWindow.objects.values()))
    AttemptWindow.objects.update(since=database_now() - timedelta(days=2))
    assert allow("203.0.113.8")
    AttemptWindow.objects.filter(count=1).update(since=database_now() - timedelta(days=2))
    assert allow("203.0.113.8")
    assert AttemptWindow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tries_at_one_instant_are_counted_each() -> None:
    results = at_once([allow for _try in range(8)])
    assert sum(result is True for result in results) == 3
