"""Tests that deadlines are acted upon once, by the database's clock, whatever the number of sweepers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F

from collection import agents
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketState
from collection.models import Conversation, ConversationEvent, Ticket
from collection.services import sweeps
from collection.services.lobby import ticket_open
from collection.services.programs import practice_start
from collection.services.sweeps import sweep_deadlines
from study.clock import database_now
from study.models import LedgerEntry
from tests.support.factories import make_conversation, make_older, make_participation, make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
NOTHING = {
    "agents": 0,
    "ready_checks": 0,
    "time_up": 0,
    "surveys": 0,
    "waits": 0,
    "missed": 0,
    "offers": 0,
    "idle": 0,
}


def older_ticket(ticket: Ticket, *, seconds: float) -> None:
    past = timedelta(seconds=seconds)
    Ticket.objects.filter(pk=ticket.pk).update(
        since=F("since") - past, seen_at=F("seen_at") - past, ended_at=F("ended_at") - past
    )


def test_there_is_nothing_to_do_before_a_deadline() -> None:
    for state in State:
        if state != State.CANCELLED:
            make_conversation(state=state)
    ticket_open(make_participation())
    assert sweep_deadlines() == NOTHING


@pytest.mark.parametrize(
    ("state", "seconds", "kind", "after"),
    [
        (State.READY_CHECK, 60, "ready_checks", State.CANCELLED),
        (State.CHATTING, 3600, "time_up", State.SURVEYING),
        (State.SURVEYING, 1800, "surveys", State.CLOSED),
    ],
)
def test_each_deadline_moves_its_conversation_once(
    state: State, seconds: int, kind: str, after: State
) -> None:
    pair = make_conversation(state=state)
    make_older(pair, seconds=seconds - 5)
    assert sweep_deadlines() == NOTHING
    make_older(pair, seconds=6)
    assert sweep_deadlines()[kind] == 1
    assert pair.refresh().conversation.state == after
    before = _state()
    assert sweep_deadlines()[kind] == 0
    assert _state() == before


def _state() -> Any:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Conversation, ConversationEvent, Ticket, LedgerEntry)
    ]


def test_a_wrong_clock_on_this_machine_ends_nothing() -> None:
    pair = make_conversation()
    with time_machine.travel(database_now() + timedelta(days=1)):
        assert sweep_deadlines() == NOTHING
    assert pair.refresh().conversation.state == State.CHATTING


def test_who_gave_no_sign_of_life_for_long_is_out_and_paid_until_then() -> None:
    ticket = ticket_open(make_participation())
    older_ticket(ticket, seconds=290)
    assert sweep_deadlines() == NOTHING
    older_ticket(ticket, seconds=20)
    assert sweep_deadlines()["waits"] == 1
    ticket.refresh_from_db()
    assert (ticket.state, ticket.ended_at) == (TicketState.GONE, ticket.seen_at)
    ticket.participation.refresh_from_db()
    assert ticket.participation.outcome == "no_match"
    assert sweep_deadlines() == NOTHING


def test_who_missed_a_ready_check_and_never_came_back_is_paid_for_the_wait() -> None:
    pair = make_older(make_conversation(state=State.READY_CHECK), seconds=61)
    assert sweep_deadlines()["ready_checks"] == 1
    assert sweep_deadlines() == NOTHING
    participation = pair.seeker.participation
    assert participation is not None
    ticket_open(participation)  # the seeker comes back and waits again
    for ticket in Ticket.objects.filter(state=TicketState.NO_SHOW):
        older_ticket(ticket, seconds=301)
    assert sweep_deadlines()["missed"] == 1
    outcomes = [pair.refresh().seat(role).participation for role in ("seeker", "supporter")]
    assert [p.outcome for p in outcomes if p is not None] == ["", "no_match"]
    assert sweep_deadlines() == NOTHING


def test_a_program_that_owes_an_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(agents, "turn_wanted", asked.append)
    conversation = practice_start(make_participation(make_study(is_demo=True)))
    assert sweep_deadlines()["agents"] == 0
    conversation.seats.update(active_at=F("active_at") - timedelta(seconds=21))
    assert sweep_deadlines()["agents"] == 1
    assert asked == [conversation.pk]
    Conversation.objects.filter(pk=conversation.pk).update(last_role="supporter")
    assert sweep_deadlines()["agents"] == 0


def test_one_conversation_that_cannot_be_moved_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (make_older(make_conversation(), seconds=3601) for _number in range(2))
    stop = sweeps.conversation_stop

    def fragile(conversation_id: int, **more: Any) -> Conversation:
        if conversation_id == first.conversation.pk:
            raise RuntimeError("broken")
        return stop(conversation_id, **more)

    monkeypatch.setattr(sweeps, "conversation_stop", fragile)
    assert sweep_deadlines()["time_up"] == 1
    assert second.refresh().conversation.state == State.SURVEYING
    assert f"conversation {first.conversation.pk}" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_at_once_do_everything_once() -> None:
    study = make_study()
    pairs = [make_older(make_conversation(study), seconds=3601) for _number in range(6)]
    found = at_once([sweep_deadlines] * 4)
    assert not [item for item in found if isinstance(item, Exception)]
    assert ConversationEvent.objects.filter(event="end").count() == 6
    assert {pair.refresh().conversation.state for pair in pairs} == {State.SURVEYING}
