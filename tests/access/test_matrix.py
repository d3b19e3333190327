"""Every URL × every kind of person × GET and POST: who may gets the table's status, everybody else a closed door.

A page of a participation is 404 for all but its owner; a page of the team sends strangers to the sign-in and is 404 for
accounts without the role. What is named in the addresses exists, so that a 404 means the door and not an empty room.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from collection.domain.safety import CaseKind
from collection.models import Conversation
from collection.services.safety_cases import case_raise
from qualitycontrol.models import Assessment
from study.clock import database_now
from study.domain.staff_roles import StaffRole
from study.models import Participation, Study
from study.services.staff import staff_end
from tests.modeling.pages import queued, registered, write_run_file
from tests.qualitycontrol.review_rows import make_items
from tests.support.factories import make_conversation, make_participation
from tests.support.routes import Route, Row, routes, table
from tests.support.sockets import session_cookie
from tests.support.staff import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
ROLES = {role.name.lower(): role for role in StaffRole}
PARTICIPANTS = ("seeker", "supporter", "other")
PEOPLE = ("anonymous", *PARTICIPANTS, *ROLES, "ex-staff", "no role")
NUMBERS = {"question": 0, "number": 1, "ordinal": 1}


@dataclass
class World:
    """What the addresses name, and who knocks."""

    parameters: dict[str, Any]
    conversation: Conversation
    clients: dict[str, Client]

    def address(self, route: Route) -> str:
        """Return an address of the route; a conversation's id and a participation's are told apart by the room."""
        if not route.parameters:
            return _reverse(route, {})
        values = {name: self.parameters.get(name, NUMBERS.get(name, 1)) for name in route.parameters}
        if "public_id" in values and route.pattern.startswith("research/"):
            values["public_id"] = self.conversation.public_id
        return _reverse(route, values)


def _reverse(route: Route, values: dict[str, Any]) -> str:
    try:
        return reverse(route.name, kwargs=values)
    except NoReverseMatch:  # a route without a name
        return f"/{route.pattern}"


@pytest.fixture
def world(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """A running conversation of two people, a third participant, and one account of each role."""
    cache.clear()
    settings.MODELS = tmp_path / "models"
    settings.RELEASES = tmp_path / "releases"
    monkeypatch.setattr("modeling.run_files.FOLDER", write_run_file(tmp_path / "runs").parent)
    pair = make_conversation()
    seats = {"seeker": pair.seeker.participation, "supporter": pair.supporter.participation}
    seats["other"] = make_participation(pair.conversation.study)
    item = make_items(1, reviewers=1)[0]
    clients = {"anonymous": Client()}
    for name, participation in seats.items():
        assert participation is not None
        clients[name] = Client(headers={"cookie": session_cookie(participation.public_id)})
    for name, role in ROLES.items():
        clients[name] = _signed_in(make_staff(name, role, password=PASSWORD))
    clients["no role"] = _signed_in(make_staff("new", password=PASSWORD, roles=()))
    gone = make_staff("gone")
    clients["ex-staff"] = _signed_in(gone)
    staff_end(gone)
    run = queued(tmp_path / "corpora")
    registered(run)
    parameters = _parameters(seats["seeker"]) | {
        "item_id": item.pk,
        "run_id": run.pk,
        "user_id": User.objects.get(username="new").pk,
    }
    return World(parameters, pair.conversation, clients)


def _signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _parameters(seeker: Participation | None) -> dict[str, Any]:
    assert seeker is not None
    study = Study.objects.get(pk=seeker.study_id)
    case = case_raise(seeker, kind=CaseKind.MESSAGE, severity=2, now=database_now())
    return {
        "public_id": seeker.public_id,
        "slug": study.slug,
        "provider": "prolific",
        "part": "training",
        "token": "no-such-token",
        "key": "welcome",
        "case_id": case.pk,
        "assessment_id": Assessment.objects.latest("pk").pk,
        "version": study.protocol_version_id,
        "version_id": study.protocol_version_id,
    }


def expected(row: Row, route: Route, person: str, method: str) -> frozenset[int]:
    """Return the statuses that this person may get."""
    if row.who == "everybody" or person in _holders(row.who):
        return row.get if method == "get" else row.post
    if row.who == "owner" or person in ROLES or person == "no role":
        return frozenset({404})
    return frozenset({302})


def _holders(who: str) -> set[str]:
    if who == "owner":
        return {"seeker"}
    if who == "account":
        return {*ROLES, "no role"}
    return {name for name, role in ROLES.items() if role.value in who.split()} | {"admin"}


def seen(world: World, route: Route, person: str, method: str) -> tuple[int, str]:
    """Return status and target of one request, whose effects are undone."""
    answer = seen_answer(world, route, person, method)
    return answer.status_code, answer.headers.get("Location", "")


def seen_answer(world: World, route: Route, person: str, method: str = "get") -> Any:
    """Return the answer to one request, whose effects are undone."""
    client: Client = world.clients[person]
    before = copy.deepcopy(client.cookies)
    cache.clear()
    with transaction.atomic():
        call: Callable[..., Any] = getattr(client, method)
        answer = call(world.address(route), headers={"accept": "text/html"})
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = before
    return answer


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(world: World, person: str) -> None:
    rows, wrong, count = table(), [], 0
    for route in routes():
        for method in ("get", "post"):
            allowed = expected(rows[route.name], route, person, method)
            status, target = seen(world, route, person, method)
            count += 1
            closed = rows[route.name].who not in {"everybody", "owner"} and person not in _holders(
                rows[route.name].who
            )
            if status not in allowed or (
                closed and status == 302 and not target.startswith("/research/login/?next=")
            ):
                wrong.append(f"{route.name} {method}: {status} {target}, not {sorted(allowed)}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert count == 2 * len(rows)


def test_no_page_takes_put_patch_or_delete(world: World) -> None:
    for route in routes():
        for method in ("put", "patch", "delete"):
            for person in ("seeker", "admin"):
                status, _target = seen(world, route, person, method)
                assert status in {302, 400, 403, 404, 405}, f"{route.name} {method} {person}: {status}"


def test_nothing_is_changed_without_the_forms_token(world: World) -> None:
    for person in ("anonymous", "seeker", "admin"):
        client = world.clients[person]
        client.handler.enforce_csrf_checks = True
        for route in routes():
            status, _target = seen(world, route, person, "post")
            assert status == 403, f"{route.name} {person}: {status} without a token"
