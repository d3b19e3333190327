"""Tests that what the phrases meet is stored with the words, by both ways of sending, and shown to the right side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from collection.domain.exits import EndReason
from collection.models import Conversation, PreChatSurvey, SafetyCase, SafetySignal, Utterance
from collection.services import sending_rows, utterances
from collection.services.conversations import conversation_stop
from collection.services.surveys import pre_chat_submit, seeker_survey_submit
from study.models import Participation
from study.models.participant import Role
from tests.support.factories import (
    PRE_CHAT,
    SEEKER_ANSWERS,
    Pair,
    make_conversation,
    make_participation,
    pair_up,
)

pytestmark = pytest.mark.django_db
URGENT = "Honestly, I want to die."


@pytest.fixture(params=["prepared", "orm"])
def pair(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """A conversation, with PostgreSQL's own way of sending and with the ORM's, which SQLite uses."""
    if request.param == "orm":
        monkeypatch.setattr(utterances, "sending_postgresql", sending_rows)
    return make_conversation()


def card(pair: Pair, role: str) -> bool:
    participation = pair.seat(role).participation
    assert participation is not None
    participation.refresh_from_db()
    return participation.card_at is not None


def test_an_urgent_message_raises_a_case_and_shows_the_card_to_both(pair: Pair) -> None:
    sent = pair.say(Role.SEEKER, URGENT)
    case = SafetyCase.objects.get()
    assert (case.severity, case.kind, case.state) == (3, "phrases", "open")
    assert case.participation == pair.seeker.participation
    assert case.conversation == pair.conversation
    signal = SafetySignal.objects.get()
    assert (signal.rule, signal.ordinal, signal.tier) == ("self_harm_intent", sent.ordinal, "urgent")
    assert sent.cards == ("seeker", "supporter")
    assert pair.refresh().conversation.cards == "seeker,supporter"
    assert card(pair, Role.SEEKER)
    assert card(pair, Role.SUPPORTER)


def test_an_ordinary_message_raises_nothing(pair: Pair) -> None:
    assert pair.say(Role.SEEKER, "I am tired of my job and I don't want to kill myself over it.").cards == ()
    assert not SafetyCase.objects.exists()
    assert pair.refresh().conversation.cards == ""


def test_a_resend_and_a_second_message_raise_no_second_case(pair: Pair) -> None:
    first = pair.draft(Role.SEEKER, URGENT, uid="resent-0001")
    utterances.utterance_send(first)
    assert utterances.utterance_send(first).cards == ()
    pair.say(Role.SEEKER, "I cut myself again.")
    assert SafetyCase.objects.count() == 1
    assert list(SafetySignal.objects.values_list("rule", flat=True)) == ["self_harm_intent", "self_injury"]


def test_a_case_becomes_as_severe_as_the_worst_that_was_said(pair: Pair) -> None:
    pair.say(Role.SEEKER, "There was a suicide in my street.")
    assert SafetyCase.objects.get().severity == 1
    pair.say(Role.SEEKER, URGENT)
    assert SafetyCase.objects.get().severity == 3


def test_what_a_supporter_says_to_hurt_shows_the_card_to_the_seeker_only(pair: Pair) -> None:
    sent = pair.say(Role.SUPPORTER, "Just kill yourself then.")
    assert sent.cards == ("seeker",)
    assert SafetyCase.objects.get().participation == pair.supporter.participation
    assert not card(pair, Role.SUPPORTER)


def test_words_and_case_are_stored_together_or_not_at_all(pair: Pair) -> None:
    with transaction.atomic():
        pair.say(Role.SEEKER, URGENT)
        assert SafetyCase.objects.exists()
        transaction.set_rollback(True)
    assert not Utterance.objects.exists()
    assert not SafetyCase.objects.exists()
    assert not Conversation.objects.exclude(cards="").exists()


def test_one_batch_may_hold_several_rooms(pair: Pair) -> None:
    other = make_conversation()
    drafts = [
        pair.draft(Role.SEEKER, URGENT),
        other.draft(Role.SEEKER, "A quiet day."),
        other.draft(Role.SUPPORTER, "Shut up."),
    ]
    sent = utterances.utterances_send(drafts)
    assert [getattr(item, "cards", None) for item in sent] == [("seeker", "supporter"), (), ()]
    assert set(SafetyCase.objects.values_list("participation", flat=True)) == {
        pair.seeker.participation_id,
        other.supporter.participation_id,
    }


def test_the_answers_before_the_chat_show_the_card_to_the_seeker_alone() -> None:
    participation = make_participation(surveyed=False)
    situation = "I lost my work last month and since then I think about suicide nearly every night, nobody around me knows it."
    pre_chat_submit(participation, replace(PRE_CHAT, situation=situation))
    assert SafetySignal.objects.filter(source="situation", ordinal=None).exists()
    assert SafetyCase.objects.get().conversation is None
    assert Participation.objects.get(pk=participation.pk).card_at is not None
    pair = pair_up(participation, make_participation(participation.study, role=Role.SUPPORTER))
    assert pair.conversation.cards == "seeker"
    assert not card(pair, Role.SUPPORTER)


def test_the_answers_after_the_chat_count_too(pair: Pair) -> None:
    pair.say(Role.SEEKER)
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    seeker_survey_submit(pair.seeker.pk, replace(SEEKER_ANSWERS, improve="Nothing, I still want to die."))
    assert SafetySignal.objects.get().source == "open_answer"
    assert card(pair, Role.SEEKER)
    assert not card(pair, Role.SUPPORTER)


def test_a_refused_answer_raises_nothing() -> None:
    participation = make_participation(surveyed=False)
    changed: Any = replace(PRE_CHAT, situation="I want to die")
    with pytest.raises(Exception, match="words"):
        pre_chat_submit(participation, changed)
    assert not SafetyCase.objects.exists()
    assert not PreChatSurvey.objects.exists()
