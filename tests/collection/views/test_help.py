"""Tests of "Need help now?": the same things on every page, with and without a script, and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.lifecycle import State
from collection.models import PartnerReport, SafetyCase, TeamMessage
from study.models import Participation
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_participation
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db


def page(browser: Client, name: str, participation: Participation) -> str:
    answer = browser.get(reverse(name, args=[participation.public_id]), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def who(pair: Pair, role: str) -> Participation:
    participation = pair.seat(role).participation
    assert participation is not None
    return participation


@pytest.mark.parametrize("state", [State.READY_CHECK, State.CHATTING, State.SURVEYING, State.CLOSED])
@pytest.mark.parametrize("role", [Role.SEEKER, Role.SUPPORTER])
def test_every_page_has_the_button_the_places_and_the_way_to_the_team(state: State, role: str) -> None:
    participation = who(make_conversation(state=state), role)
    shown = page(browser_of(participation), "journey", participation)
    assert 'data-opens="help-dialog"' in shown
    assert "Samaritans" in shown
    assert f"{reverse('help', args=[participation.public_id])}#team" in shown
    assert ("End this chat, I will be paid" in shown) is (state == State.CHATTING)
    assert ("#report" in shown) is (state in {State.CHATTING, State.SURVEYING})


def test_before_the_chat_too() -> None:
    for participation in (make_participation(surveyed=False), make_participation(role=Role.SUPPORTER)):
        shown = page(browser_of(participation), "journey", participation)
        assert 'data-opens="help-dialog"' in shown


def test_the_stated_country_comes_first_on_every_page() -> None:
    participation = make_participation()
    browser = browser_of(participation)
    url = reverse("collection:help_country", args=[participation.public_id])
    back = reverse("collection:lobby", args=[participation.public_id])
    assert browser.post(url, {"country": "AU", "back": back}).headers["Location"] == back
    shown = page(browser, "help", participation)
    assert shown.index("Lifeline Australia") < shown.index("Find a Helpline") < shown.index("Samaritans")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/p/other/", ""])
def test_the_way_back_leads_nowhere_else(back: str) -> None:
    participation = make_participation()
    url = reverse("collection:help_country", args=[participation.public_id])
    answer = browser_of(participation).post(url, {"country": "XX", "back": back})
    assert answer.headers["Location"] == reverse("help", args=[participation.public_id])
    participation.refresh_from_db()
    assert participation.country == ""


def test_a_report_with_the_end_leads_to_the_questions_and_a_double_click_is_one() -> None:
    pair = make_conversation()
    seeker = who(pair, Role.SEEKER)
    browser = browser_of(seeker)
    url = reverse("collection:help_report", args=[seeker.public_id])
    for _click in range(2):
        answer = browser.post(url, {"reason": "harassment", "text": "He is rude.", "leave": "1"})
        assert answer.status_code == 302
    assert PartnerReport.objects.count() == 1
    assert pair.refresh().conversation.end_reason == "seeker_safety"
    # The partner's pages do not know.
    theirs = who(pair, Role.SUPPORTER)
    shown = page(browser_of(theirs), "journey", theirs) + page(browser_of(theirs), "help", theirs)
    assert "He is rude" not in shown
    assert "You have reported" not in shown


def test_a_report_without_a_reason_keeps_the_words() -> None:
    seeker = who(make_conversation(), Role.SEEKER)
    url = reverse("collection:help_report", args=[seeker.public_id])
    answer = browser_of(seeker).post(url, {"text": "Half a sentence"})
    assert answer.status_code == 400
    assert "Half a sentence" in answer.content.decode()


def test_a_message_to_the_team_stands_on_the_page_and_is_escaped() -> None:
    participation = make_participation()
    browser = browser_of(participation)
    url = reverse("collection:help_message", args=[participation.public_id])
    for _click in range(2):
        browser.post(url, {"text": "<script>alert(1)</script>", "client_uid": "one"})
    assert TeamMessage.objects.count() == 1
    assert SafetyCase.objects.get().kind == "message"
    shown = page(browser, "help", participation)
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_who_thinks_the_decision_is_wrong_asks_the_team_on_the_last_page_and_is_in_the_queue() -> None:
    participation = who(make_conversation(state=State.CLOSED), Role.SUPPORTER)
    browser = browser_of(participation)
    shown = page(browser, "study:end", participation)
    url = reverse("collection:help_message", args=[participation.public_id])
    assert "I think this decision is wrong" in shown
    assert f'action="{url}#team"' in shown
    uid = re.findall('name="client_uid" value="([0-9a-f]{32})"', shown)[0]
    for _click in range(2):
        browser.post(url, {"text": "I did end it properly.", "client_uid": uid})
    assert TeamMessage.objects.get().text == "I did end it properly."
    assert SafetyCase.objects.get().participation == participation
    assert "I did end it properly." in page(browser, "help", participation)


def test_somebody_else_s_help_page_does_not_exist() -> None:
    mine, theirs = make_participation(), make_participation()
    browser = browser_of(mine)
    assert browser.get(reverse("help", args=[theirs.public_id])).status_code == 404
    for name in ("help_message", "help_report", "help_country", "pass_on"):
        url = reverse(f"collection:{name}", args=[theirs.public_id])
        assert browser.post(url, {"text": "x"}).status_code == 404


def test_the_supporter_hands_the_chat_on_from_the_page() -> None:
    pair = make_conversation()
    supporter = who(pair, Role.SUPPORTER)
    browser = browser_of(supporter)
    assert "Hand this chat on" in page(browser, "help", supporter)
    browser.post(reverse("collection:pass_on", args=[supporter.public_id]))
    assert pair.refresh().conversation.end_reason == "supporter_passed"
    seeker = who(pair, Role.SEEKER)
    assert "Hand this chat on" not in page(browser_of(seeker), "help", seeker)


def test_the_card_stands_on_every_later_page_of_who_it_is_for() -> None:
    pair = make_conversation()
    pair.say(Role.SEEKER, "I want to die.")
    for role, words in ((Role.SEEKER, "do not have to carry"), (Role.SUPPORTER, "Stay calm and kind")):
        participation = who(pair, role)
        assert words in page(browser_of(participation), "collection:chat", participation)
        assert "notice-help" in page(browser_of(participation), "help", participation)
