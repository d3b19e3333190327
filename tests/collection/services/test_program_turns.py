"""Tests of what a program sees and of its door; its turns are tested in the room that takes them."""

from __future__ import annotations

import pytest

from collection.domain.errors import Outdated, StrategyRequired
from collection.domain.lifecycle import State
from collection.domain.sending import NO_STRATEGY
from collection.models import Utterance
from collection.services.program_turns import (
    partner_note_typing,
    program_gave_up,
    program_say,
    program_view,
    programs_owing,
)
from collection.services.programs import program_conversation_start
from study.clock import database_now
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_older, make_participation

pytestmark = pytest.mark.django_db


def begin() -> Pair:
    conversation = program_conversation_start(make_participation(), occupant="agent:one")
    seats = {seat.role: seat for seat in conversation.seats.all()}
    return Pair(conversation=conversation, seeker=seats[Role.SEEKER], supporter=seats[Role.SUPPORTER])


def test_a_program_sees_the_transcript_with_its_own_strategies() -> None:
    pair = begin()
    pair.say(Role.SEEKER, "Hello.")
    pair.say(Role.SUPPORTER, "What is it?")
    view = program_view(pair.conversation.pk)
    assert view is not None
    assert [(s.role, s.text, s.strategy) for s in view.said] == [
        ("seeker", "Hello.", ""),
        ("supporter", "What is it?", "Question"),
    ]
    assert (view.last_ordinal, view.own_messages_last, view.may_finish) == (2, 1, False)
    assert view.strategies["Reflection of feelings"] == "reflection_of_feelings"


def test_there_is_nothing_to_see_without_a_program_or_after_the_end() -> None:
    assert program_view(make_conversation(state=State.CHATTING).conversation.pk) is None
    pair = begin()
    assert program_gave_up(pair.conversation.pk)
    assert not program_gave_up(pair.conversation.pk)
    assert program_view(pair.conversation.pk) is None


def test_what_answers_an_older_state_is_refused_and_a_resend_is_not() -> None:
    pair = begin()
    pair.say(Role.SEEKER, "One.")
    view = program_view(pair.conversation.pk)
    assert view is not None
    first = program_say(view, client_uid="uid-number-1", text="Yes?", strategy=None)
    assert program_say(view, client_uid="uid-number-1", text="Yes?", strategy=None).ordinal == first.ordinal
    with pytest.raises(Outdated):
        program_say(view, client_uid="uid-number-2", text="And?", strategy="question")
    assert Utterance.objects.get(seat=pair.supporter).strategy == NO_STRATEGY


def test_a_person_still_has_to_choose_a_strategy() -> None:
    pair = make_conversation(state=State.CHATTING)
    with pytest.raises(StrategyRequired):
        pair.say(Role.SUPPORTER, strategy=None)


def test_who_owes_an_answer_and_since_when() -> None:
    pair = begin()
    pair.say(Role.SEEKER)
    make_older(pair, seconds=8)
    owing = programs_owing("agent:", longer_than_seconds=7)
    assert [(o.conversation_id, o.occupant, o.last_ordinal) for o in owing] == [
        (pair.conversation.pk, "agent:one", 1)
    ]
    assert 8 <= owing[0].waited_seconds < 12
    partner_note_typing(pair.conversation.pk, Role.SEEKER, at=database_now())
    assert programs_owing("agent:", longer_than_seconds=7) == []
    assert programs_owing("other:", longer_than_seconds=0) == []


def test_a_message_that_overtakes_its_own_keystroke_ends_the_typing() -> None:
    pair = begin()
    typed_at = database_now()
    pair.say(Role.SEEKER)
    pair.refresh()
    spoke_at = pair.seeker.active_at
    partner_note_typing(pair.conversation.pk, Role.SEEKER, at=typed_at)
    pair.refresh()
    assert pair.seeker.active_at == spoke_at
