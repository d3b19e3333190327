"""Floods are stopped with a page that says so; the next minute, and everybody else, is let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from study.limits import ENTRY, JOIN
from study.models import AttemptWindow
from tests.support.factories import make_participation, make_study
from tests.support.sockets import session_cookie

pytestmark = pytest.mark.django_db


def use_up(tries: int) -> None:
    """Count as if so many had come already."""
    AttemptWindow.objects.update(count=tries)


def test_a_flood_of_arrivals_from_one_address_is_stopped_and_nobody_elses() -> None:
    study = make_study(is_demo=True)
    browser, url = Client(), f"/try/{study.slug}/"
    assert browser.get(url).status_code == 302
    use_up(ENTRY.tries)
    stopped = browser.get(url)
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert "Please wait a minute" in stopped.content.decode()
    assert Client(REMOTE_ADDR="198.51.100.7").get(url).status_code == 302
    AttemptWindow.objects.update(since=F("since") - timedelta(seconds=ENTRY.seconds))
    assert browser.get(url).status_code == 302, "a minute later"


def test_a_lobby_that_is_opened_without_end_is_stopped_for_that_participation_only() -> None:
    study = make_study()
    one, other = make_participation(study), make_participation(study)
    clients = {p.public_id: Client(headers={"cookie": session_cookie(p.public_id)}) for p in (one, other)}
    lobby = f"/p/{one.public_id}/lobby/"
    assert clients[one.public_id].get(lobby).status_code == 200
    use_up(JOIN.tries)
    assert clients[one.public_id].get(lobby).status_code == 429
    assert clients[other.public_id].get(f"/p/{other.public_id}/lobby/").status_code == 200


def test_no_address_is_stored_in_clear() -> None:
    Client(REMOTE_ADDR="198.51.100.7").get(f"/try/{make_study(is_demo=True).slug}/")
    assert all("198.51" not in row.key_hash for row in AttemptWindow.objects.all())
    assert AttemptWindow.objects.count() == 1
