"""Tests that a program in the supporter's seat is held to the lists of phrases, before and at the door."""

from __future__ import annotations

import pytest

from collection.api import output_check
from collection.models import Seat, Utterance
from collection.services.programs import practice_start
from collection.services.utterances import Draft, utterance_send
from study.domain.risk import OutputRefused
from study.models.participant import Role
from tests.support.factories import STRATEGY, make_participation, make_study

pytestmark = pytest.mark.django_db


def program_seat() -> Seat:
    participation = make_participation(make_study(is_demo=True), role=Role.SEEKER)
    conversation = practice_start(participation)
    return Seat.objects.get(conversation=conversation, role=Role.SUPPORTER)


def test_what_a_program_must_not_say_is_refused_beforehand_and_at_the_door() -> None:
    seat = program_seat()
    text = "You should stop taking your medication."
    with pytest.raises(OutputRefused):
        output_check(seat.conversation_id, text)
    with pytest.raises(OutputRefused):
        utterance_send(draft(seat, text))
    assert not Utterance.objects.filter(conversation=seat.conversation_id, text=text).exists()


def test_what_helps_is_sent() -> None:
    seat = program_seat()
    text = "That sounds heavy. Have you asked your doctor about it?"
    output_check(seat.conversation_id, text)
    assert utterance_send(draft(seat, text)).text == text


def draft(seat: Seat, text: str) -> Draft:
    return Draft(
        conversation_id=seat.conversation_id,
        seat_id=seat.pk,
        client_uid="program-0001",
        text=text,
        strategy=STRATEGY,
    )
