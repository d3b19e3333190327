"""The statistics page: for staff only."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.support.staff import make_staff
from tests.support.training import browser_of, finish_tutorial, make_supporter, take_exam

pytestmark = pytest.mark.django_db
PAGE = "/research/training/"


def staff() -> Client:
    browser = Client()
    browser.force_login(make_staff("researcher"))
    return browser


def test_staff_read_the_statistics() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    take_exam(participation, all_wrong=True)
    text = staff().get(PAGE).content.decode()
    for part in ("esconv-2021 v2", "Drop-off", "Discrimination", "0 of 1", "harm-plan-tonight"):
        assert part in text
    assert participation.participant.public_id not in text


def test_one_version_may_be_chosen_and_an_unknown_one_is_not_found() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    browser = staff()
    version = participation.protocol_version_id
    assert browser.get(reverse("training_research:statistics_of", args=[version])).status_code == 200
    assert browser.get(reverse("training_research:statistics_of", args=[version + 1])).status_code == 404


def test_before_the_first_supporter_the_page_says_so() -> None:
    assert "Nobody has been trained yet." in staff().get(PAGE).content.decode()


def test_nobody_else_gets_in() -> None:
    signed_in = Client()
    signed_in.force_login(User.objects.create_user("reader"))
    assert signed_in.get(PAGE).status_code == 404
    for browser in (Client(), browser_of(make_supporter())):
        response = browser.get(PAGE)
        assert response.status_code == 302
        assert response["Location"].startswith("/research/login/")
