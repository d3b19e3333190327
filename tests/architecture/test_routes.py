"""No route without a row in the table of who may open it, and no team page that does not say so itself."""

from __future__ import annotations

from study.domain.staff_roles import StaffRole
from tests.support.routes import TABLE, routes, table

STAFF = {"account", *(role.value for role in StaffRole)}


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    known, rows = {route.name for route in routes()}, set(table())
    advice = (
        f"Add `route,who,status of GET,status of POST` to {TABLE.name}: tests/access/test_matrix.py tries it."
    )
    assert not known - rows, advice
    assert not rows - known, "These rows have no route any more."


def test_the_teams_pages_say_whom_they_are_for_and_the_table_agrees() -> None:
    for route in routes():
        who = table()[route.name].who
        if route.pattern.startswith("research/"):
            assert route.access == who, f"{route.name}: the view says {route.access}, the table {who}."
            assert who == "everybody" or set(who.split()) <= STAFF
        else:
            assert who in {"everybody", "owner"}, f"{route.name} is no page of the team."


def test_everybodys_pages_of_the_team_are_those_of_signing_in() -> None:
    open_to_all = {route.name for route in routes() if route.access == "everybody"}
    assert open_to_all == {"account_login", "account_logout", "mfa_authenticate"}


def test_every_page_with_a_participations_number_is_its_owners() -> None:
    for route in routes():
        if route.pattern.startswith("p/<str:public_id>"):
            assert table()[route.name].who == "owner"
