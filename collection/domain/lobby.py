"""The lobby's ticket: one wait of one participant for a partner, as a table of states."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from collection.domain.lifecycle import IllegalTransition


class TicketState(StrEnum):
    """Where a wait stands."""

    WAITING = "waiting"
    """In the queue."""
    MATCHED = "matched"
    """Put together with somebody; the ready check runs."""
    SEATED = "seated"
    """The conversation began. The wait is over."""
    LEFT = "left"
    """The participant left the lobby, paid for the wait."""
    NO_SHOW = "no_show"
    """The participant was not there at the ready check."""
    GONE = "gone"
    """No sign of life for long."""


class TicketEvent(StrEnum):
    """What moves a ticket on."""

    PAIR = "pair"
    SEAT = "seat"
    REQUEUE = "requeue"
    LEAVE = "leave"
    MISS = "miss"
    VANISH = "vanish"


TICKET_TRANSITIONS = MappingProxyType(
    {
        (TicketState.WAITING, TicketEvent.PAIR): TicketState.MATCHED,
        (TicketState.WAITING, TicketEvent.LEAVE): TicketState.LEFT,
        (TicketState.WAITING, TicketEvent.VANISH): TicketState.GONE,
        (TicketState.MATCHED, TicketEvent.SEAT): TicketState.SEATED,
        # The one who was ready goes back with the place in the queue that the first wait had earned.
        (TicketState.MATCHED, TicketEvent.REQUEUE): TicketState.WAITING,
        (TicketState.MATCHED, TicketEvent.MISS): TicketState.NO_SHOW,
    }
)

OPEN_TICKETS = (TicketState.WAITING, TicketState.MATCHED)


def advance_ticket(state: TicketState, event: TicketEvent) -> TicketState:
    """Return the state after `event`.

    Raises:
        IllegalTransition: the table has no such step.
    """
    try:
        return TICKET_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"A ticket that is {state.value} cannot take {event.value}.") from None
