"""Tests of the conversation's and the ticket's tables: the product of states and events."""

from __future__ import annotations

from itertools import product

import pytest

from collection.domain.lifecycle import OPEN_STATES, TRANSITIONS, Event, IllegalTransition, State, advance
from collection.domain.lobby import OPEN_TICKETS, TICKET_TRANSITIONS, TicketEvent, TicketState, advance_ticket

CONVERSATION = {
    ("ready_check", "both_ready"): "chatting",
    ("ready_check", "no_show"): "cancelled",
    ("chatting", "end"): "surveying",
    ("surveying", "close"): "closed",
}
TICKET = {
    ("waiting", "pair"): "matched",
    ("waiting", "leave"): "left",
    ("waiting", "vanish"): "gone",
    ("matched", "seat"): "seated",
    ("matched", "requeue"): "waiting",
    ("matched", "miss"): "no_show",
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_a_conversation_takes_the_steps_of_the_table_and_no_other(state: State, event: Event) -> None:
    after = CONVERSATION.get((state.value, event.value))
    if after is None:
        with pytest.raises(IllegalTransition, match=f"{state.value} cannot take {event.value}"):
            advance(state, event)
    else:
        assert advance(state, event) == after


@pytest.mark.parametrize(("state", "event"), list(product(TicketState, TicketEvent)))
def test_a_ticket_takes_the_steps_of_the_table_and_no_other(state: TicketState, event: TicketEvent) -> None:
    after = TICKET.get((state.value, event.value))
    if after is None:
        with pytest.raises(IllegalTransition, match=f"{state.value} cannot take {event.value}"):
            advance_ticket(state, event)
    else:
        assert advance_ticket(state, event) == after


def test_a_state_is_open_as_long_as_something_can_happen_in_it() -> None:
    assert set(OPEN_STATES) == {state for state, _event in TRANSITIONS}
    assert set(OPEN_TICKETS) == {state for state, _event in TICKET_TRANSITIONS}


def test_every_state_can_be_reached() -> None:
    assert {State.READY_CHECK, *TRANSITIONS.values()} == set(State)
    assert {TicketState.WAITING, *TICKET_TRANSITIONS.values()} == set(TicketState)
