"""Tests of waiting, pairing and the ready check, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from collection.domain.errors import LobbyRefused, NotQualified, NotYourSeat
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketState
from collection.journey import Step, step_now
from collection.models import Conversation, ConversationEvent, PreChatSurvey, Seat, Ticket
from collection.services.conversations import conversation_end
from collection.services.lobby import (
    lobby_leave,
    ready_check_expire,
    seat_ready,
    ticket_missed,
    ticket_of,
    ticket_open,
    ticket_pair,
)
from collection.services.programs import practice_start
from collection.services.surveys import seeker_survey_submit, supporter_survey_submit
from study.models import Participation, Study
from study.models.participant import Role
from study.selectors import ledger_total
from tests.support.factories import (
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_older,
    make_participation,
    make_study,
    pair_up,
    qualify,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def seek(study: Study, **more: Any) -> Ticket:
    return ticket_open(make_participation(study, **more))


def support(study: Study, **more: Any) -> Ticket:
    return ticket_open(make_participation(study, role=Role.SUPPORTER, **more))


def wait(ticket: Ticket, *, seconds: float, field: str = "seen_at") -> None:
    """Move an instant of a wait into the past."""
    Ticket.objects.filter(pk=ticket.pk).update(**{field: F(field) - timedelta(seconds=seconds)})


def partner_of(ticket: Ticket) -> Participation:
    conversation = ticket_pair(ticket.pk)
    assert conversation is not None
    found = conversation.seats.exclude(participation=ticket.participation_id).get().participation
    assert found is not None
    return found


# Who may wait.


def test_joining_again_is_the_same_wait() -> None:
    ticket = seek(make_study())
    assert ticket_open(ticket.participation) == ticket
    assert Ticket.objects.count() == 1


def test_a_seeker_waits_after_the_survey_only() -> None:
    with pytest.raises(LobbyRefused, match="answer the questions"):
        seek(make_study(), surveyed=False)


def test_a_supporter_waits_after_the_exam_only() -> None:
    participation = make_participation(role=Role.SUPPORTER, qualified=False)
    with pytest.raises(NotQualified):
        ticket_open(participation)
    qualify(participation)
    assert ticket_open(participation).state == TicketState.WAITING


def test_who_has_ended_does_not_wait() -> None:
    ticket = seek(make_study())
    lobby_leave(ticket.participation)
    with pytest.raises(LobbyRefused, match="complete"):
        ticket_open(ticket.participation)


def test_a_person_waits_once_whatever_the_number_of_studies() -> None:
    seek(make_study(), person="ann")
    with pytest.raises(LobbyRefused, match="another window"):
        seek(make_study(), person="ann")


def test_a_person_does_not_wait_while_sitting_in_a_conversation() -> None:
    study = make_study()
    pair_up(make_participation(study, person="ann"), make_participation(study, role=Role.SUPPORTER))
    with pytest.raises(LobbyRefused, match="in a conversation already"):
        seek(study, person="ann")


@pytest.mark.django_db(transaction=True)
def test_ten_tabs_that_join_at_once_are_one_wait() -> None:
    participation = make_participation()
    found = at_once([partial(ticket_open, participation)] * 10)
    assert len({item.pk for item in found if isinstance(item, Ticket)}) == 1, found
    assert Ticket.objects.count() == 1


def test_the_database_knows_one_open_wait_per_person_and_one_open_seat_per_participation() -> None:
    ticket = seek(make_study())
    ticket.pk = None
    with pytest.raises(IntegrityError, match="ticket_one_open_per_participant"), transaction.atomic():
        ticket.save(force_insert=True)
    seat = make_conversation().seeker
    other = make_conversation().conversation
    with pytest.raises(IntegrityError, match="seat_one_open_per_participation"), transaction.atomic():
        Seat.objects.create(conversation=other, role="team", participation=seat.participation)


# Pairing.


def test_a_pair_is_one_seeker_and_one_supporter_of_one_study() -> None:
    study = make_study()
    first = seek(study)
    assert ticket_pair(first.pk) is None
    seek(study)
    assert ticket_pair(first.pk) is None
    support(make_study())
    assert ticket_pair(first.pk) is None
    supporter = support(study)
    assert partner_of(supporter) == first.participation
    conversation = Conversation.objects.get()
    assert conversation.state == State.READY_CHECK
    assert set(conversation.seats.values_list("role", flat=True)) == set(Role.values)
    assert PreChatSurvey.objects.get(participation=first.participation).conversation == conversation
    assert ConversationEvent.objects.get().event == "pair"
    assert step_now(first.participation) is Step.READY


@pytest.mark.parametrize("who", ["seeker", "supporter"])
def test_either_side_s_asking_makes_the_pair(who: str) -> None:
    study = make_study()
    tickets = {"seeker": seek(study), "supporter": support(study)}
    assert ticket_pair(tickets[who].pk) is not None
    assert ticket_pair(tickets[who].pk) is None


def test_the_longest_wait_goes_first_and_who_lost_a_partner_before_that() -> None:
    study = make_study()
    early, late, prior = seek(study), seek(study), seek(study)
    wait(early, seconds=50, field="since")
    Ticket.objects.filter(pk=prior.pk).update(priority=1)
    order = [partner_of(support(study)) for _number in range(3)]
    assert order == [prior.participation, early.participation, late.participation]


def test_nobody_is_paired_with_somebody_who_gave_no_sign_of_life() -> None:
    study = make_study()
    absent = seek(study)
    wait(absent, seconds=26)
    supporter = support(study)
    assert ticket_pair(supporter.pk) is None
    wait(absent, seconds=-20)
    assert ticket_pair(supporter.pk) is not None


def test_nobody_is_paired_with_themselves() -> None:
    study = make_study(is_demo=True)
    seeker = make_participation(study, person="ann")
    supporter = make_participation(study, role=Role.SUPPORTER, person="ann")
    ticket_open(seeker)
    with pytest.raises(LobbyRefused):
        ticket_open(supporter)


@pytest.mark.parametrize("is_demo", [False, True])
def test_one_device_does_not_take_both_seats_but_in_a_demonstration(is_demo: bool) -> None:
    study = make_study(is_demo=is_demo)
    seek(study, device="laptop")
    assert (ticket_pair(support(study, device="laptop").pk) is not None) is is_demo


def test_another_device_is_no_obstacle() -> None:
    study = make_study()
    seek(study, device="laptop")
    assert ticket_pair(support(study, device="phone").pk) is not None


@pytest.mark.parametrize("allowed", [False, True])
def test_two_people_meet_again_only_if_the_protocol_says_so(allowed: bool) -> None:
    study = make_study(again=["completed"], allow_repeat_pairs=allowed)
    people = {"person": "ann"}, {"person": "bob", "role": Role.SUPPORTER}
    pair = pair_up(*(make_participation(study, **who) for who in people), state=State.CLOSED)
    assert pair.conversation.state == State.CLOSED
    tickets = [ticket_open(make_participation(study, **who)) for who in people]
    for ticket in tickets:
        assert (ticket_pair(ticket.pk) is not None) is allowed
        if allowed:
            break


def test_a_pair_whose_ready_check_failed_may_be_put_together_again() -> None:
    study = make_study()
    pair = make_conversation(study, state=State.READY_CHECK)
    make_older(pair, seconds=61)
    assert ready_check_expire(pair.conversation.pk)
    for participation in (pair.seeker.participation, pair.supporter.participation):
        assert participation is not None
        ticket = ticket_open(participation)
    assert ticket_pair(ticket.pk) is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [0, 1])
def test_forty_and_forty_at_one_instant_are_forty_pairs(number: int) -> None:
    study = make_study()
    tickets = [make(study) for make in (seek, support) for _n in range(40)]
    found = at_once([partial(ticket_pair, ticket.pk) for ticket in tickets])
    assert not [item for item in found if isinstance(item, Exception)]
    seats = list(Seat.objects.values_list("conversation", "role", "participation"))
    assert len({conversation for conversation, _role, _p in seats}) == 40
    assert len({participation for _c, _role, participation in seats}) == 80
    assert len(set(seats)) == 80
    assert not Ticket.objects.filter(state=TicketState.WAITING).exists()


@pytest.mark.django_db(transaction=True)
def test_leaving_and_being_paired_at_once_is_one_of_the_two() -> None:
    study = make_study()
    for _round in range(6):
        seeker, supporter = seek(study), support(study)
        at_once([partial(lobby_leave, seeker.participation), partial(ticket_pair, supporter.pk)])
        seeker.refresh_from_db()
        seated = Seat.objects.filter(participation=seeker.participation).exists()
        assert (seeker.state == TicketState.LEFT) is not seated
        lobby_over(supporter)


def lobby_over(ticket: Ticket) -> None:
    """Take a wait out of the next round's way."""
    Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING).update(state=TicketState.LEFT)


# The ready check.


def tickets_of(pair: Pair) -> dict[str, Ticket]:
    return {
        role: Ticket.objects.filter(participation=pair.seat(role).participation).order_by("-pk")[0]
        for role in Role.values
    }


def test_the_conversation_begins_when_both_are_ready() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    assert seat_ready(pair.supporter.pk).state == State.READY_CHECK
    assert seat_ready(pair.supporter.pk).state == State.READY_CHECK
    begun = seat_ready(pair.seeker.pk)
    assert begun.state == State.CHATTING
    assert begun.started_at is not None
    assert begun.deadline_at == begun.started_at + timedelta(seconds=3600)
    assert seat_ready(pair.seeker.pk).state == State.CHATTING
    assert {ticket.state for ticket in tickets_of(pair).values()} == {TicketState.SEATED}
    assert [event.event for event in begun.events.all()] == ["pair", "both_ready"]


@pytest.mark.django_db(transaction=True)
def test_both_clicks_at_once_begin_it_once() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    found = at_once(
        [partial(seat_ready, seat.pk) for seat in (pair.seeker, pair.supporter) for _n in range(5)]
    )
    assert not [item for item in found if isinstance(item, Exception)]
    assert pair.refresh().conversation.state == State.CHATTING
    assert pair.conversation.events.filter(event="both_ready").count() == 1


@pytest.mark.parametrize("ready", [[], ["seeker"], ["supporter"]])
def test_who_was_not_there_loses_the_place_and_who_was_goes_first(ready: list[str]) -> None:
    pair = make_conversation(state=State.READY_CHECK)
    since = {role: ticket.since for role, ticket in tickets_of(pair).items()}
    for role in ready:
        seat_ready(pair.seat(role).pk)
    assert not ready_check_expire(pair.conversation.pk)
    make_older(pair, seconds=61)
    assert ready_check_expire(pair.conversation.pk)
    assert not ready_check_expire(pair.conversation.pk)
    for role, ticket in tickets_of(pair).items():
        participation = pair.seat(role).participation
        assert participation is not None
        if role in ready:
            assert (ticket.state, ticket.priority, ticket.since) == (TicketState.WAITING, 1, since[role])
            assert not ticket_missed(participation)
        else:
            assert ticket.state == TicketState.NO_SHOW
            assert ticket_missed(participation)
            assert ticket_of(participation) is None
        assert step_now(participation) is Step.LOBBY
    pair.refresh()
    assert pair.conversation.state == State.CANCELLED
    assert pair.seeker.released_at is not None
    assert PreChatSurvey.objects.get().conversation is None


def test_a_click_after_the_time_is_refused() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    make_older(pair, seconds=61)
    ready_check_expire(pair.conversation.pk)
    with pytest.raises(NotYourSeat, match="over"):
        seat_ready(pair.seeker.pk)


def test_an_unknown_seat_is_nobody_s() -> None:
    with pytest.raises(NotYourSeat):
        seat_ready(0)


# Leaving.


def test_leaving_pays_the_wait_once() -> None:
    ticket = seek(make_study())
    wait(ticket, seconds=121, field="since")
    left = lobby_leave(ticket.participation)
    assert (left.outcome, ticket_of(left)) == ("no_match", None)
    assert (
        ledger_total(left)
        == left.protocol_version.protocol.rewards.amount("no_match")
        + 3 * left.protocol_version.protocol.rewards.wait_per_minute
    )
    assert lobby_leave(ticket.participation).completion_code == left.completion_code


def test_leaving_is_refused_when_a_partner_was_found() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    assert pair.seeker.participation is not None
    with pytest.raises(LobbyRefused, match="just been found"):
        lobby_leave(pair.seeker.participation)
    chatting = make_conversation()
    assert chatting.seeker.participation is not None
    with pytest.raises(LobbyRefused, match="in a conversation"):
        lobby_leave(chatting.seeker.participation)


def test_the_wait_before_the_chat_is_paid_with_it() -> None:
    study = make_study()
    seeker, supporter = seek(study), support(study)
    wait(seeker, seconds=250, field="since")
    conversation = ticket_pair(supporter.pk)
    assert conversation is not None
    for seat in conversation.seats.all():
        seat_ready(seat.pk)
    seat = conversation.seats.get(role=Role.SEEKER)
    conversation_end(seat_id=seat.pk, manner="safety")
    seeker_survey_submit(seat.pk, SEEKER_ANSWERS)
    rewards = study.protocol_version.protocol.rewards
    assert ledger_total(seeker.participation) == rewards.amount("safety_exit") + 5 * rewards.wait_per_minute


# Practice.


def test_practice_is_for_demonstrations() -> None:
    with pytest.raises(LobbyRefused, match="demonstration"):
        practice_start(make_participation())


@pytest.mark.parametrize("role", Role.values)
def test_a_practice_conversation_begins_at_once_and_says_what_it_is(role: str) -> None:
    participation = make_participation(make_study(is_demo=True), role=role)
    conversation = practice_start(participation)
    assert (conversation.origin, conversation.state) == ("practice", State.CHATTING)
    assert sorted(conversation.seats.values_list("occupant", flat=True)) == ["human", "scripted"]
    assert PreChatSurvey.objects.get().conversation == conversation
    assert step_now(participation) is Step.CHAT
    with pytest.raises(LobbyRefused):
        practice_start(participation)


def test_surveys_after_a_pairing_are_each_side_s_own() -> None:
    pair = make_conversation(state=State.SURVEYING)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    assert pair.refresh().conversation.state == State.SURVEYING
