"""The team's accounts, as admins look after them in the browser and at the command line."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from study.domain.staff_roles import StaffRole
from study.staff import staff_roles
from tests.support.staff import PASSWORD, give_second_factor, make_staff, sign_in

pytestmark = pytest.mark.django_db


def command(*arguments: str) -> str:
    """Run `manage.py staff` and return what it prints."""
    out = StringIO()
    call_command("staff", *arguments, stdout=out)
    return out.getvalue()


def test_an_admin_adds_an_account_that_then_signs_in(client: Client) -> None:
    client.force_login(make_staff("ada", StaffRole.ADMIN))
    answer = client.post("/research/team/", {"username": "ben", "roles": ["reviewers"]})
    password = re.search(r"<p><code>([\w-]{20})</code></p>", answer.content.decode())
    assert password
    assert password[1] not in client.get("/research/team/").content.decode()
    browser = Client()
    sign_in(browser, "ben", password[1])
    assert browser.get("/research/review/").status_code == 200
    assert browser.get("/research/conversations/").status_code == 404
    assert browser.get("/research/team/").status_code == 404


@pytest.mark.parametrize("name", ["ada", "ADA", "a b", "x" * 151, "", "<script>", "nul\x00"])
def test_names_that_cannot_be_are_refused(client: Client, name: str) -> None:
    client.force_login(make_staff("ada", StaffRole.ADMIN))
    assert client.post("/research/team/", {"username": name}).status_code == 400
    assert User.objects.count() == 1


def test_roles_that_are_taken_count_at_once(client: Client) -> None:
    client.force_login(make_staff("ada", StaffRole.ADMIN))
    ben = make_staff("ben")
    browser = Client()
    browser.force_login(ben)
    assert browser.get("/research/conversations/").status_code == 200
    assert (
        client.post(f"/research/team/{ben.pk}/", {"save": "", "roles": ["adjudicators"]}).status_code == 302
    )
    assert browser.get("/research/conversations/").status_code == 404
    assert browser.get("/research/adjudication/").status_code == 200


def test_the_end_of_an_account_is_its_end_everywhere(client: Client) -> None:
    client.force_login(make_staff("ada", StaffRole.ADMIN))
    ben = make_staff("ben", password=PASSWORD)
    browser = Client()
    sign_in(browser, "ben")
    client.post(f"/research/team/{ben.pk}/", {"end": ""})
    assert browser.get("/research/conversations/").status_code == 302
    assert "are not correct" in sign_in(browser, "ben").content.decode()
    assert User.objects.filter(username="ben").exists(), "what it did stays under its name"


def test_a_reset_gives_a_password_and_takes_the_second_factor(client: Client) -> None:
    client.force_login(make_staff("ada", StaffRole.ADMIN))
    ben = make_staff("ben", password=PASSWORD)
    give_second_factor(ben)
    answer = client.post(f"/research/team/{ben.pk}/", {"reset": ""}).content.decode()
    password = re.search(r"<p><code>([\w-]{20})</code></p>", answer)
    assert password
    browser = Client()
    assert sign_in(browser, "ben", password[1])["Location"] == "/research/"


def test_the_last_admin_cannot_go(client: Client) -> None:
    ada = make_staff("ada", StaffRole.ADMIN)
    client.force_login(ada)
    for form in ({"end": ""}, {"save": "", "roles": ["researchers"]}):
        client.post(f"/research/team/{ada.pk}/", form)
        assert StaffRole.ADMIN in staff_roles(User.objects.get(pk=ada.pk))
    make_staff("ben", StaffRole.ADMIN)
    client.post(f"/research/team/{ada.pk}/", {"save": "", "roles": ["researchers"]})
    assert staff_roles(User.objects.get(pk=ada.pk)) == {StaffRole.RESEARCHER}


def test_the_command_makes_lists_changes_and_ends() -> None:
    assert "signs in with the password" in command("add", "ada", "--role", "admin")
    command("add", "ben", "--role", "reviewer", "--role", "researcher")
    assert command("list").splitlines() == [
        "ada: adjudicators, admins, researchers, reviewers; password only; signed in never",
        "ben: researchers, reviewers; password only; signed in never",
    ]
    assert command("roles", "ben", "--role", "adjudicator").strip() == "ben: adjudicators"
    give_second_factor(User.objects.get(username="ben"))
    assert "second factor" in command("list")
    assert "password" in command("reset", "ben")
    assert "second factor" not in command("list")
    command("end", "ben")
    assert "ben" not in command("list")


@pytest.mark.parametrize("arguments", [("end", "nobody"), ("add", "a b"), ("end", "ada"), ("roles", "ada")])
def test_the_command_says_what_cannot_be(arguments: tuple[str, ...]) -> None:
    command("add", "ada", "--role", "admin")
    with pytest.raises(CommandError):
        command(*arguments)
