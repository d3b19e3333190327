"""Tests of the end of a conversation: every manner, the gate, and the race against a message."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from collection import signals
from collection.domain.errors import CannotFinishYet, ConversationOver, NotYourSeat, PartnerNotIdle
from collection.domain.exits import EndReason
from collection.domain.lifecycle import IllegalTransition, State
from collection.models import Conversation, ConversationEvent, Utterance
from collection.services.conversations import conversation_close, conversation_end, conversation_stop
from collection.services.utterances import Sent, utterances_send
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_older, make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
SEEKER, SUPPORTER = Role.SEEKER, Role.SUPPORTER


def take_turns(pair: Pair, turns: int) -> Pair:
    for _turn in range(turns):
        utterances_send([pair.draft(SEEKER), pair.draft(SUPPORTER)])
    return pair


def outcomes(pair: Pair) -> tuple[str, str, str, str]:
    pair.refresh()
    return pair.seeker.outcome, pair.seeker.exit_status, pair.supporter.outcome, pair.supporter.exit_status


@pytest.mark.parametrize(("turns", "seconds", "open_"), [(10, 900, True), (9, 900, False), (10, 890, False)])
def test_the_seeker_finishes_after_ten_turns_and_fifteen_minutes(
    turns: int, seconds: int, open_: bool
) -> None:
    pair = make_older(take_turns(make_conversation(), turns), seconds=seconds)
    if not open_:
        with pytest.raises(CannotFinishYet, match="10 turns and 15 minutes"):
            conversation_end(seat_id=pair.seeker.pk, manner="finish")
        assert pair.refresh().conversation.state == State.CHATTING
        return
    conversation_end(seat_id=pair.seeker.pk, manner="finish")
    assert outcomes(pair) == ("completed", "03", "completed", "03")
    assert pair.conversation.end_reason == EndReason.FINISHED
    assert pair.conversation.ended_ordinal == pair.conversation.last_ordinal == 20


def test_the_supporter_never_finishes() -> None:
    pair = make_older(take_turns(make_conversation(), 10), seconds=900)
    with pytest.raises(CannotFinishYet):
        conversation_end(seat_id=pair.supporter.pk, manner="finish")


@pytest.mark.parametrize(
    ("role", "manner", "judged"),
    [
        (SEEKER, "leave", ("left_early", "01", "partner_left", "02")),
        (SUPPORTER, "leave", ("partner_left", "02", "left_early", "01")),
        (SEEKER, "safety", ("safety_exit", "", "partner_left", "02")),
        (SUPPORTER, "safety", ("partner_left", "02", "safety_exit", "")),
    ],
)
def test_leaving_is_always_possible_and_judged_for_each_side(
    role: str, manner: str, judged: tuple[str, str, str, str]
) -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.seat(role).pk, manner=manner)
    assert outcomes(pair) == judged
    assert (pair.seeker.released_at, pair.supporter.released_at) == (None, None)


@pytest.mark.parametrize("role", [SEEKER, SUPPORTER])
def test_a_partner_silent_for_three_minutes_may_be_left_without_loss(role: str) -> None:
    pair = make_conversation()
    other = SUPPORTER if role == SEEKER else SEEKER
    make_older(pair, seconds=179)
    with pytest.raises(PartnerNotIdle):
        conversation_end(seat_id=pair.seat(role).pk, manner="partner_silent")
    make_older(pair, seconds=2)
    pair.say(role)  # one's own words do not make the partner active
    conversation_end(seat_id=pair.seat(role).pk, manner="partner_silent")
    pair.refresh()
    assert (pair.seat(role).exit_status, pair.seat(other).exit_status) == ("02", "01")


def test_the_partner_s_word_at_the_last_moment_keeps_the_conversation() -> None:
    pair = make_older(make_conversation(), seconds=300)
    pair.say(SUPPORTER)
    with pytest.raises(PartnerNotIdle):
        conversation_end(seat_id=pair.seeker.pk, manner="partner_silent")


def test_ending_again_in_the_same_manner_changes_nothing_and_in_another_is_refused() -> None:
    pair = make_conversation()
    first = conversation_end(seat_id=pair.seeker.pk, manner="leave")
    assert conversation_end(seat_id=pair.seeker.pk, manner="leave").ended_at == first.ended_at
    for seat, manner in ((pair.seeker, "safety"), (pair.supporter, "leave")):
        with pytest.raises(ConversationOver, match="ended already"):
            conversation_end(seat_id=seat.pk, manner=manner)
    assert outcomes(pair)[0] == "left_early"
    assert ConversationEvent.objects.filter(event="end").count() == 1


def test_there_is_nothing_to_end_before_the_beginning() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    with pytest.raises(IllegalTransition):
        conversation_end(seat_id=pair.seeker.pk, manner="leave")
    with pytest.raises(NotYourSeat):
        conversation_end(seat_id=0, manner="leave")


def test_the_journal_says_who_ended_it_and_why() -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    event = ConversationEvent.objects.get(event="end")
    assert (event.before, event.after, event.role, event.reason) == (
        "chatting",
        "surveying",
        "supporter",
        "supporter_left",
    )


@pytest.mark.parametrize("reason", [EndReason.TIME_UP, EndReason.TECHNICAL, EndReason.WITHDRAWN])
def test_a_conversation_is_stopped_from_outside_once(reason: EndReason) -> None:
    pair = make_conversation()
    conversation_stop(pair.conversation.pk, reason=reason)
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    assert pair.refresh().conversation.end_reason == reason


def test_closing_is_announced_once_after_the_commit(django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    pair = make_conversation(state=State.SURVEYING)
    heard: list[int] = []

    def hear(sender: object, conversation_id: int, **_more: object) -> None:
        heard.append(conversation_id)

    signals.conversation_closed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            conversation_close(pair.conversation.pk)
            conversation_close(pair.conversation.pk)
            assert heard == []
    finally:
        signals.conversation_closed.disconnect(hear)
    assert heard == [pair.conversation.pk]
    assert pair.refresh().conversation.closed_at is not None


def test_the_database_refuses_a_message_counted_after_the_end() -> None:
    pair = make_conversation(state=State.SURVEYING)
    with pytest.raises(IntegrityError, match="conversation_nothing_after_end"), transaction.atomic():
        Conversation.objects.filter(pk=pair.conversation.pk).update(last_ordinal=7)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trials", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_nothing_is_said_after_the_end_however_close_the_race(trials: int) -> None:
    study = make_study()
    for number in range(trials // 5):
        pairs = [make_conversation(study) for _n in range(5)]
        calls = []
        for pair in pairs:
            calls += [partial(pair.say, role) for role in (SEEKER, SUPPORTER, SEEKER)]
            calls.append(
                partial(
                    conversation_end, seat_id=pair.seat([SEEKER, SUPPORTER][number % 2]).pk, manner="leave"
                )
            )
        found = at_once(calls)
        assert all(isinstance(item, Sent | Conversation | ConversationOver) for item in found), found
        for pair in pairs:
            pair.refresh()
            assert pair.conversation.state == State.SURVEYING
            assert pair.conversation.ended_ordinal == pair.conversation.last_ordinal
            assert pair.ordinals() == list(range(1, pair.conversation.last_ordinal + 1))
            late = Utterance.objects.filter(
                conversation=pair.conversation, sent_at__gt=pair.conversation.ended_at
            )
            assert not late.exists()


@pytest.mark.django_db(transaction=True)
def test_both_sides_ending_at_once_is_one_end() -> None:
    for _round in range(5):
        pair = make_conversation()
        found = at_once(
            [
                partial(conversation_end, seat_id=seat.pk, manner="leave")
                for seat in (pair.seeker, pair.supporter)
            ]
        )
        assert sorted(type(item).__name__ for item in found) == ["Conversation", "ConversationOver"]
        assert sorted(outcomes(pair)[::2]) == ["left_early", "partner_left"]
