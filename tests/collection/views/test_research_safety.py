"""Tests of the safety pages: who may open them, that they show no words before the logged click, and the actions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.models import CaseStep, RiskSample, SafetyCase
from collection.services.conversations import conversation_stop
from qualitycontrol.models import AuditEvent
from study.domain.staff_roles import StaffRole
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
WORDS = "I want to die, said the lighthouse"


@pytest.fixture
def pair() -> Pair:
    pair = make_conversation()
    pair.say(Role.SEEKER, WORDS)
    return pair


@pytest.fixture
def case(pair: Pair) -> SafetyCase:
    return SafetyCase.objects.get(conversation=pair.conversation)


def signed_in(*roles: StaffRole) -> Client:
    browser = Client()
    browser.force_login(make_staff("ada", *roles))
    return browser


@pytest.mark.parametrize("role", [StaffRole.RESEARCHER, StaffRole.REVIEWER])
def test_the_queue_shows_cases_without_words_and_with_masked_identifiers(
    role: StaffRole, pair: Pair, case: SafetyCase
) -> None:
    browser = signed_in(role)
    for url in (reverse("safety:queue"), reverse("safety:case", args=[case.pk])):
        shown = browser.get(url).content.decode()
        assert "Phrases that ask for care" in shown
        assert "lighthouse" not in shown
        assert case.participation.public_id not in shown
        assert pair.conversation.public_id not in shown
        assert case.participation.public_id[-4:] in shown
    assert not AuditEvent.objects.exists()


def test_others_do_not_learn_that_it_exists(case: SafetyCase) -> None:
    adjudicator = signed_in(StaffRole.ADJUDICATOR)
    for name, arguments in (("queue", []), ("news", []), ("sample", []), ("case", [case.pk])):
        url = reverse(f"safety:{name}", args=arguments)
        assert adjudicator.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert adjudicator.post(reverse("safety:act", args=[case.pk]), {"action": "end"}).status_code == 404


def test_the_context_stands_behind_a_click_that_is_written_down(case: SafetyCase) -> None:
    browser = signed_in(StaffRole.REVIEWER)
    url = reverse("safety:context", args=[case.pk])
    assert browser.get(url).status_code == 405
    assert "lighthouse" in browser.post(url).content.decode()
    assert AuditEvent.objects.count() == CaseStep.objects.filter(what="read").count() == 1


def test_an_action_is_done_once_and_a_wrong_one_is_told(case: SafetyCase) -> None:
    browser = signed_in(StaffRole.RESEARCHER)
    url = reverse("safety:act", args=[case.pk])
    for _click in range(2):
        assert browser.post(url, {"action": "acknowledge"}).status_code == 302
    assert CaseStep.objects.filter(what="acknowledge").count() == 1
    shown = browser.post(url, {"action": "no_action"}, follow=True).content.decode()
    assert "reason" in shown
    assert browser.post(url, {"action": "explode"}, follow=True).status_code == 200
    browser.post(url, {"action": "end", "note": "Danger."})
    shown = browser.post(url, {"action": "ended", "note": "Danger."}, follow=True).content.decode()
    assert "Take it up again" in shown
    case.refresh_from_db()
    assert (case.state, case.resolution) == ("closed", "ended")
    assert (
        f'href="{reverse("safety:case", args=[case.pk])}"'
        in browser.get(reverse("safety:queue") + "?closed=1").content.decode()
    )


def test_an_open_queue_hears_of_news_without_words(case: SafetyCase) -> None:
    news = signed_in(StaffRole.REVIEWER).get(reverse("safety:news")).json()
    assert news == {"open": 1, "urgent": 1, "overdue": 0, "newest": case.pk}


def test_a_case_that_does_not_exist_is_404() -> None:
    assert signed_in(StaffRole.REVIEWER).get(reverse("safety:case", args=[0])).status_code == 404


def test_the_sample_is_drawn_and_judged_on_its_page(pair: Pair) -> None:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    browser = signed_in(StaffRole.RESEARCHER)
    url = f"{reverse('safety:sample')}?study={pair.conversation.study.slug}"
    assert "whole number" in browser.post(url, {"draw": "1", "seed": "x"}, follow=True).content.decode()
    shown = browser.post(url, {"draw": "1", "seed": "7"}, follow=True).content.decode()
    assert "lighthouse" in shown
    assert AuditEvent.objects.exists()
    item = RiskSample.objects.get()
    shown = browser.post(url, {"item": item.pk, "judge": "care"}, follow=True).content.decode()
    assert "1.000" in shown
    assert browser.post(url, {"item": "x", "judge": "care"}).status_code == 302
