"""Staff and nobody else. Every URL of the room is tried: a new page cannot be forgotten here."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, reverse

from qualitycontrol.urls import urlpatterns

pytestmark = pytest.mark.django_db

OPEN = {"login", "logout"}


def address(pattern: URLPattern) -> str:
    """Return an address that the pattern takes; what it names does not exist."""
    arguments = {
        name: 999_999 if converter.__class__.__name__ == "IntConverter" else "nobody"
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(f"research:{pattern.name}", kwargs=arguments)


PROTECTED = [pattern for pattern in urlpatterns if pattern.name not in OPEN]


@pytest.mark.parametrize("pattern", PROTECTED, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(client: Client, pattern: URLPattern, method: str) -> None:
    url = address(pattern)
    response = getattr(client, method)(url)
    assert response.status_code == 302
    assert response["Location"] == f"/research/login/?next={url}"


@pytest.mark.parametrize("pattern", PROTECTED, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_account_without_the_right_finds_nothing(client: Client, pattern: URLPattern, method: str) -> None:
    client.force_login(get_user_model().objects.create_user("visitor"))
    assert getattr(client, method)(address(pattern)).status_code == 404


def test_losing_the_right_takes_effect_at_once(client: Client) -> None:
    user = get_user_model().objects.create_user("staff", is_staff=True)
    client.force_login(user)
    assert client.get("/research/conversations/").status_code == 200
    get_user_model().objects.filter(pk=user.pk).update(is_staff=False)
    assert client.get("/research/conversations/").status_code == 404


def test_staff_signs_in_and_out(client: Client) -> None:
    get_user_model().objects.create_user("staff", password="a long pass phrase", is_staff=True)
    page = client.get("/research/login/?next=/research/conversations/")
    assert re.search(r'name="next" value="/research/conversations/"', page.content.decode())
    answer = client.post(
        "/research/login/",
        {"username": "staff", "password": "a long pass phrase", "next": "/research/conversations/"},
    )
    assert answer["Location"] == "/research/conversations/"
    assert client.get("/research/conversations/").status_code == 200
    assert client.get("/research/logout/").status_code == 405
    assert client.post("/research/logout/")["Location"] == "/research/login/"
    assert client.get("/research/conversations/").status_code == 302


@pytest.mark.parametrize(("username", "password"), [("visitor", "a long pass phrase"), ("staff", "wrong")])
def test_whoever_may_not_sign_in_gets_the_same_answer(client: Client, username: str, password: str) -> None:
    get_user_model().objects.create_user("visitor", password="a long pass phrase")
    get_user_model().objects.create_user("staff", password="a long pass phrase", is_staff=True)
    answer = client.post("/research/login/", {"username": username, "password": password})
    assert answer.status_code == 200
    assert "Please enter a correct" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    get_user_model().objects.create_user("staff", password="a long pass phrase", is_staff=True)
    answer = client.post(
        "/research/login/",
        {"username": "staff", "password": "a long pass phrase", "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/research/conversations/"
