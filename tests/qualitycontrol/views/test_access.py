"""Researchers and nobody else. Every URL of the room is tried: a new page cannot be forgotten here."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, reverse

from qualitycontrol.urls import urlpatterns
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


def address(pattern: URLPattern) -> str:
    """Return an address that the pattern takes; what it names does not exist."""
    arguments = {
        name: 999_999 if converter.__class__.__name__ == "IntConverter" else "nobody"
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(f"research:{pattern.name}", kwargs=arguments)


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(client: Client, pattern: URLPattern, method: str) -> None:
    url = address(pattern)
    response = getattr(client, method)(url)
    assert response.status_code == 302
    assert response["Location"] == f"/research/login/?next={url}"


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_account_without_the_right_finds_nothing(client: Client, pattern: URLPattern, method: str) -> None:
    client.force_login(get_user_model().objects.create_user("visitor"))
    assert getattr(client, method)(address(pattern)).status_code == 404


def test_losing_the_right_takes_effect_at_once(client: Client) -> None:
    user = make_staff("staff")
    client.force_login(user)
    assert client.get("/research/conversations/").status_code == 200
    get_user_model().objects.filter(pk=user.pk).update(is_staff=False)
    assert client.get("/research/conversations/").status_code == 404
