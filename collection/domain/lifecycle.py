"""The conversation's lifecycle as a table.

A conversation begins when two people who wait are put together. What comes before is the lobby's ticket
(`collection.domain.lobby`); what comes after is the assessment (`qualitycontrol`).
Source: Liu et al. 2021, §4.1, §4.2 and Figure 8.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import ApplicationError


class State(StrEnum):
    """Where a conversation stands."""

    READY_CHECK = "ready_check"
    """Two people are put together; both must say that they are there."""
    CHATTING = "chatting"
    """Utterances are exchanged."""
    SURVEYING = "surveying"
    """The conversation is over; both sides are asked about it, each alone."""
    CLOSED = "closed"
    """Both surveys are in, or their time is up. Nothing changes any more."""
    CANCELLED = "cancelled"
    """It never began: somebody was not there."""


class Event(StrEnum):
    """What moves a conversation on."""

    BOTH_READY = "both_ready"
    NO_SHOW = "no_show"
    END = "end"
    CLOSE = "close"


TRANSITIONS = MappingProxyType(
    {
        (State.READY_CHECK, Event.BOTH_READY): State.CHATTING,
        (State.READY_CHECK, Event.NO_SHOW): State.CANCELLED,
        (State.CHATTING, Event.END): State.SURVEYING,
        (State.SURVEYING, Event.CLOSE): State.CLOSED,
    }
)

OPEN_STATES = (State.READY_CHECK, State.CHATTING, State.SURVEYING)


class IllegalTransition(ApplicationError):
    """The event cannot happen in this state."""

    code = "illegal_transition"


def advance(state: State, event: Event) -> State:
    """Return the state after `event`.

    Raises:
        IllegalTransition: the table has no such step.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"A conversation that is {state.value} cannot take {event.value}.") from None
