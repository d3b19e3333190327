"""A participant's pages of a comparison, through the browser's doors."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.models import Conversation, Utterance
from collection.services.conversations import conversation_stop
from modeling.domain.campaign_lifecycle import PairState
from modeling.models import Campaign, Pair
from modeling.services.agents import agent_switch
from study.models import Participation
from study.selectors import ledger_total
from tests.modeling.comparisons import (
    QUESTIONS,
    chat,
    chat_with_words,
    make_agent,
    make_campaign,
    make_comparer,
    open_seat,
    say_something,
    survey,
)
from tests.support.factories import PRE_CHAT
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db
CANARIES = ("Canary-Joint", "Canary-Vanilla")


def page_of(participation: Participation) -> str:
    return reverse("comparison", args=[participation.public_id])


def test_the_whole_way_through_the_pages() -> None:
    campaign = make_campaign()
    visitor = Client()
    url = reverse("study:arrive", args=["panel", campaign.study.slug])
    home = visitor.get(url, {"id": "person"}, follow=True).request["PATH_INFO"]
    assert home.endswith("/consent/")
    visitor.post(home, {"take_part": "on"})
    participation = Participation.objects.get()
    where = reverse("journey", args=[participation.public_id])
    # The role is not asked: everybody is there to compare.
    before = visitor.get(where, follow=True)
    assert before.request["PATH_INFO"].endswith("/before/")
    visitor.post(
        before.request["PATH_INFO"],
        {
            "problem": PRE_CHAT.problem,
            "emotion": PRE_CHAT.emotion,
            "experience": PRE_CHAT.experience,
            "intensity": 4,
            "situation": PRE_CHAT.situation
            + " I lie awake and count what is left of my savings every night.",
        },
    )
    for name in ("Partner A", "Partner B"):
        shown = visitor.get(where, follow=True).content.decode()
        assert f"Talk with {name}" in shown
        at = visitor.post(page_of(participation), {"begin": "1"}, follow=True)
        assert at.request["PATH_INFO"].endswith("/chat/")
        assert f"Conversation with {name}" in at.content.decode()
        say_something(participation)
        conversation_stop(open_seat(participation).conversation_id, reason=EndReason.FINISHED)
        survey(participation)
    asked = visitor.get(where, follow=True).content.decode()
    assert asked.count("My partner said that.") == 2
    assert "&lt;b&gt;my partner" in asked
    incomplete = visitor.post(page_of(participation), {"overall": "first"})
    assert incomplete.status_code == 400
    done = visitor.post(page_of(participation), dict.fromkeys(QUESTIONS, "second"), follow=True)
    assert done.request["PATH_INFO"].endswith("/end/")
    assert "10.00 USD" in done.content.decode()
    assert Pair.objects.get().state == PairState.ANSWERED
    assert (
        visitor.post(page_of(participation), dict.fromkeys(QUESTIONS, "first"), follow=True).status_code
        == 200
    )
    assert set(Pair.objects.get().answers.values_list("choice", flat=True)) == {"second"}


def blinded_campaign() -> Campaign:
    return make_campaign(arms=[make_agent(name) for name in CANARIES])


def check_names_nothing(campaign: Campaign, content: str) -> None:
    secrets = [*CANARIES, "scripted", "agent:"]
    secrets += [arm.agent.public_id for arm in campaign.arms.all() if arm.agent]
    assert [secret for secret in secrets if secret.lower() in content.lower()] == []


def test_no_page_names_an_agent() -> None:
    campaign = blinded_campaign()
    participation = make_comparer(campaign)
    browser = browser_of(participation)
    where = reverse("journey", args=[participation.public_id])
    for _conversation in range(2):
        check_names_nothing(campaign, browser.get(where, follow=True).content.decode())
        browser.post(page_of(participation), {"begin": "1"})
        say_something(participation)
        check_names_nothing(campaign, browser.get(where, follow=True).content.decode())
        conversation_stop(open_seat(participation).conversation_id, reason=EndReason.FINISHED)
        check_names_nothing(campaign, browser.get(where, follow=True).content.decode())
        survey(participation)
    check_names_nothing(campaign, browser.get(where, follow=True).content.decode())
    browser.post(page_of(participation), dict.fromkeys(QUESTIONS, "same"))
    check_names_nothing(campaign, browser.get(where, follow=True).content.decode())


def test_an_agent_that_is_away_is_said_without_its_name_and_stopping_is_paid() -> None:
    campaign = blinded_campaign()
    participation = make_comparer(campaign)
    for arm in campaign.arms.all():
        assert arm.agent is not None
        agent_switch(arm.agent, enabled=False)
    browser = browser_of(participation)
    shown = browser.post(page_of(participation), {"begin": "1"}, follow=True).content.decode()
    assert Pair.objects.get().state == PairState.ASSIGNED
    check_names_nothing(campaign, shown)
    assert "cannot be reached" in shown
    assert not Conversation.objects.exists()
    browser.post(page_of(participation), {"give_up": "1"})
    assert ledger_total(participation) == Decimal("10.00")


def test_the_transcripts_show_no_strategy_and_no_time() -> None:
    participation = make_comparer(make_campaign())
    for _conversation in range(2):
        chat_with_words(participation)
    content = browser_of(participation).get(page_of(participation)).content.decode()
    assert Utterance.objects.filter(strategy="question").count() == 2
    assert not re.search(r"Question|strategy", content[content.index("transcripts") : content.index("<form")])


def test_the_page_before_a_conversation_begins_nothing_by_being_read() -> None:
    participation = make_comparer(make_campaign())
    browser = browser_of(participation)
    for _read in range(2):
        assert browser.get(page_of(participation)).status_code == 200
    assert not Pair.objects.exists()
    assert Client().get(page_of(participation)).status_code == 404


def test_leaving_between_says_what_is_paid() -> None:
    participation = make_comparer(make_campaign())
    chat(participation)
    url = reverse("leave", args=[participation.public_id])
    assert "4.90 USD" in browser_of(participation).get(url).content.decode()
