"""An attempt's lifecycle as a table.

Marking is part of handing in: there is no state in which an attempt waits for its mark.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import ApplicationError


class State(StrEnum):
    """Where an attempt at the exam stands."""

    OPEN = "open"
    """Questions are being answered; answers may be changed."""
    PASSED = "passed"
    """Handed in and good enough. Nothing changes any more."""
    FAILED = "failed"
    """Handed in and not good enough. Nothing changes any more."""


class Event(StrEnum):
    """What moves an attempt on."""

    PASS = "pass"  # noqa: S105 - an event
    FAIL = "fail"


TRANSITIONS = MappingProxyType(
    {
        (State.OPEN, Event.PASS): State.PASSED,
        (State.OPEN, Event.FAIL): State.FAILED,
    }
)


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
        raise IllegalTransition(f"An attempt that is {state.value} cannot take {event.value}.") from None
