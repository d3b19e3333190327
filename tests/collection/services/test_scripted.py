"""Tests that a practice conversation goes to its end with the scripted partner, on either side."""

from __future__ import annotations

import random
from functools import partial

import pytest

from collection.domain.lifecycle import State
from collection.domain.scripted import SEEKERS, View, seeker_move, supporter_move
from collection.models import SeekerSurvey, SupporterSurvey, Utterance
from collection.selectors import conversation_facts
from collection.services.conversations import conversation_end
from collection.services.programs import practice_start
from collection.services.scripted import scripted_turn
from collection.services.surveys import seeker_survey_submit, supporter_survey_submit
from study.models.participant import Role
from tests.support.factories import (
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_older,
    make_participation,
    make_study,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
RNG = random.Random(1)


def practice(role: str) -> Pair:
    conversation = practice_start(make_participation(make_study(is_demo=True), role=role))
    seats = {seat.role: seat for seat in conversation.seats.all()}
    return Pair(conversation=conversation, seeker=seats[Role.SEEKER], supporter=seats[Role.SUPPORTER])


def roles(pair: Pair) -> list[str]:
    return list(
        Utterance.objects.filter(conversation=pair.conversation)
        .order_by("ordinal")
        .values_list("seat__role", flat=True)
    )


def test_a_seeker_practises_to_the_end() -> None:
    pair = practice(Role.SEEKER)
    script = SEEKERS[0]
    for _turn in range(len(script.lines)):
        assert scripted_turn(pair.conversation.pk)
        assert not scripted_turn(pair.conversation.pk)
        pair.say(Role.SEEKER, seeker_move(script, View(roles=roles(pair)), rng=RNG).say)
    make_older(pair, seconds=900)
    conversation_end(seat_id=pair.seeker.pk, manner="finish")
    assert scripted_turn(pair.conversation.pk)
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    pair.refresh()
    assert pair.conversation.state == State.CLOSED
    assert (pair.seeker.exit_status, SupporterSurvey.objects.get().detail) == ("03", 4)
    assert not conversation_facts(pair.conversation).public_release


def test_a_supporter_practises_to_the_end() -> None:
    pair = practice(Role.SUPPORTER)
    for _turn in range(30):
        move = supporter_move(View(roles=roles(pair)), rng=RNG)
        pair.say(Role.SUPPORTER, move.say, strategy=move.strategy)
        make_older(pair, seconds=70)
        scripted_turn(pair.conversation.pk)
        if pair.refresh().conversation.state == State.SURVEYING:
            break
    assert pair.conversation.end_reason == "finished"
    assert scripted_turn(pair.conversation.pk)
    assert not scripted_turn(pair.conversation.pk)
    assert SeekerSurvey.objects.get().ending == "natural"
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    assert pair.refresh().conversation.state == State.CLOSED
    rated = pair.conversation.feedback_requests.filter(score__isnull=False).count()
    assert rated >= pair.conversation.feedback_requests.count() - 1


@pytest.mark.django_db(transaction=True)
def test_two_askings_at_once_say_one_thing() -> None:
    pair = practice(Role.SEEKER)
    for number in range(4):
        at_once([partial(scripted_turn, pair.conversation.pk)] * 4)
        assert len(pair.ordinals()) == 2 * number + 1
        pair.say(Role.SEEKER)


def test_people_are_not_spoken_for() -> None:
    assert not scripted_turn(make_conversation().conversation.pk)
    assert not scripted_turn(0)
