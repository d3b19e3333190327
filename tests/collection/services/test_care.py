"""Tests of the supporters' care: so many conversations a day, a question and a pause after a difficult one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from collection.domain.errors import CheckInRefused, PauseFirst
from collection.domain.exits import EndReason
from collection.journey import Step, step_now
from collection.models import CheckIn, Conversation, SafetyCase
from collection.services.care import Reason, check_in_give, pause_of
from collection.services.conversations import conversation_stop
from collection.services.lobby import ticket_open
from collection.services.surveys import supporter_survey_submit
from study.clock import database_now
from study.models import Participation
from study.models.participant import Role
from tests.support.factories import (
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_participation,
    qualify,
)
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db


def after(text: str) -> tuple[Pair, Participation]:
    """A conversation in which the seeker said something, and the supporter back for another one."""
    pair = make_conversation()
    pair.say(Role.SEEKER, text)
    return pair, back(pair)


def back(pair: Pair) -> Participation:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    first = pair.supporter.participation
    assert first is not None
    again = make_participation(pair.conversation.study, role=Role.SUPPORTER, qualified=False)
    Participation.objects.filter(pk=again.pk).update(participant=first.participant)
    again = Participation.objects.get(pk=again.pk)
    qualify(again)
    return again


def older(pair: Pair, **ago: int) -> None:
    past = database_now() - timedelta(**ago)
    Conversation.objects.filter(pk=pair.conversation.pk).update(started_at=past, ended_at=past)


def test_after_a_difficult_conversation_there_is_a_question_then_a_pause_then_the_lobby() -> None:
    pair, supporter = after("I want to die.")
    assert step_now(supporter) is Step.CARE
    with pytest.raises(PauseFirst):
        ticket_open(supporter)
    check_in_give(supporter.pk, feeling="well")
    pause = pause_of(supporter, now=database_now())
    assert pause is not None
    assert pause.reason is Reason.COOL_DOWN
    with pytest.raises(PauseFirst):
        ticket_open(supporter)
    older(pair, minutes=61)
    assert step_now(supporter) is Step.LOBBY
    ticket_open(supporter)


@pytest.mark.parametrize("text", ["It was a long day.", "There was a suicide in the news."])
def test_an_ordinary_one_or_a_mere_mention_needs_no_pause(text: str) -> None:
    _pair, supporter = after(text)
    assert pause_of(supporter, now=database_now()) is None


def test_who_is_not_well_reaches_the_study_team() -> None:
    _pair, supporter = after("I want to die.")
    check_in_give(supporter.pk, feeling="unwell", text="I cannot sleep.")
    case = SafetyCase.objects.get(kind="check_in")
    assert (case.participation, case.severity) == (supporter, 2)
    with pytest.raises(CheckInRefused):
        check_in_give(supporter.pk, feeling="well")


def test_an_answer_nobody_asked_for_or_an_unknown_one_is_refused() -> None:
    with pytest.raises(CheckInRefused):
        check_in_give(make_participation(role=Role.SUPPORTER).pk, feeling="well")
    _pair, supporter = after("I want to die.")
    with pytest.raises(CheckInRefused):
        check_in_give(supporter.pk, feeling="splendid")
    assert not CheckIn.objects.exists()


def test_so_many_conversations_a_day_and_the_oldest_makes_room() -> None:
    pair = make_conversation()
    first = pair.supporter.participation
    assert first is not None
    limit = first.protocol_version.protocol.safety.care.chats_per_day
    others = [make_conversation() for _number in range(limit - 1)]
    for other in others:
        Participation.objects.filter(pk=other.supporter.participation_id).update(
            participant=first.participant
        )
    supporter = back(pair)
    pause = pause_of(supporter, now=database_now())
    assert pause is not None
    assert pause.until is not None
    assert pause.reason is Reason.LIMIT
    older(pair, hours=25)
    assert pause_of(supporter, now=database_now()) is None


def test_a_seeker_is_never_paused() -> None:
    pair = make_conversation()
    pair.say(Role.SEEKER, "I want to die.")
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    assert pair.seeker.participation is not None
    assert pause_of(pair.seeker.participation, now=database_now()) is None


def test_the_page_asks_once_and_then_says_how_long() -> None:
    _pair, supporter = after("I want to die.")
    browser = browser_of(supporter)
    url = reverse("collection:care", args=[supporter.public_id])
    assert "How are you after your last conversation?" in browser.get(url).content.decode()
    assert browser.post(url, {}).status_code == 400
    for _click in range(2):
        assert browser.post(url, {"feeling": "shaken"}).status_code == 302
    assert CheckIn.objects.count() == 1
    shown = browser.get(url).content.decode()
    assert "The next conversation is possible in" in shown
    assert browser.get(reverse("leave", args=[supporter.public_id])).status_code == 200
