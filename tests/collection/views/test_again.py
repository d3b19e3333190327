"""The page after a conversation that was taken from somebody."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.domain.lobby import TicketState
from collection.models import Ticket
from collection.services.conversations import conversation_end, conversation_stop
from collection.services.surveys import seeker_survey_submit
from study.models import Participation
from study.models.participant import Outcome
from tests.support.factories import SEEKER_ANSWERS, make_conversation
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db


def left(*, technical: bool = False) -> Participation:
    pair = make_conversation()
    if technical:
        conversation_stop(pair.conversation.pk, reason=EndReason.TECHNICAL)
    else:
        conversation_end(seat_id=pair.supporter.pk, manner="leave")
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    assert pair.seeker.participation is not None
    return Participation.objects.get(pk=pair.seeker.participation.pk)


def url(one: Participation, name: str = "collection:again") -> str:
    return reverse(name, args=[one.public_id])


def landed(browser: Client, one: Participation, page: str = "journey") -> str:
    answer = browser.get(url(one, page), follow=True)
    assert answer.status_code == 200
    return str(answer.redirect_chain[-1][0])


@pytest.mark.parametrize(
    ("technical", "title"), [(False, "Your partner is gone"), (True, "Something on our side went wrong")]
)
def test_every_page_leads_to_the_choice_which_says_what_is_paid(technical: bool, title: str) -> None:
    one = left(technical=technical)
    browser = browser_of(one)
    for page in ("journey", "study:end", "collection:chat", "collection:post_chat", "collection:lobby",
                 "collection:pre_chat"):  # fmt: skip
        assert landed(browser, one, page) == url(one), page
    page = browser.get(url(one)).content.decode()
    assert title in page
    assert "<td>7.00 USD</td>" in page  # the conversation and a begun minute
    assert "pays 6.80 USD more" in page
    assert "30 more minutes" in page
    assert one.completion_code == ""


def test_looking_again_twice_or_from_another_device_is_one_wait() -> None:
    one = left()
    for browser in (browser_of(one), browser_of(one), browser_of(one)):
        assert browser.post(url(one), {"again": "1"}).status_code == 302
        assert landed(browser, one) == url(one, "collection:lobby")
    assert Ticket.objects.filter(participation=one, state=TicketState.WAITING).count() == 1


def test_the_back_button_to_the_choice_leads_to_the_lobby_and_finishing_there_does_nothing() -> None:
    one = left()
    browser = browser_of(one)
    browser.post(url(one), {"again": "1"})
    assert browser.post(url(one), {"finish": "1"}).headers["Location"] == url(one, "journey")
    one.refresh_from_db()
    assert not one.ended
    # The lobby has a door of its own.
    browser.post(url(one, "collection:lobby"), {"leave": "1"})
    assert landed(browser, one) == url(one, "study:end")
    one.refresh_from_db()
    assert one.outcome == Outcome.PARTNER_LEFT


def test_finishing_twice_ends_once() -> None:
    one = left()
    browser = browser_of(one)
    for _click in range(2):
        assert browser.post(url(one), {"finish": "1"}).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.exit_status) == (Outcome.PARTNER_LEFT, "02")
    page = browser.get(url(one), follow=True).content.decode()
    assert one.completion_code in page
    assert browser.post(url(one), {"again": "1"}).headers["Location"] == url(one, "journey")
    assert not Ticket.objects.filter(participation=one, state=TicketState.WAITING).exists()


def test_a_post_without_a_choice_asks_again() -> None:
    one = left()
    assert browser_of(one).post(url(one), {"anything": "x"}).status_code == 200
    assert Client().get(url(one)).status_code == 404
