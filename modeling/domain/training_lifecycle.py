"""The lifecycle of a training that was started from the pages, as a table.

A training that failed or was cancelled may go on: its folder holds what a resumed run needs.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from modeling.errors import ModelingError

STALE_SECONDS = 120
"""Without a sign of life for so long, a running training's worker is taken for dead."""


class State(StrEnum):
    """Where a training is."""

    QUEUED = "queued"
    """Waits for a worker of the `model` queue."""
    RUNNING = "running"
    """A worker trains, or evaluates what was trained."""
    FINISHED = "finished"
    """Trained and evaluated as asked."""
    FAILED = "failed"
    """Stopped by an error; the message says which. It may be resumed."""
    CANCELLED = "cancelled"
    """Stopped by a person. It may be resumed."""


class Event(StrEnum):
    """What moves a training on."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    RESUME = "resume"


TRANSITIONS = MappingProxyType(
    {
        (State.QUEUED, Event.START): State.RUNNING,
        (State.QUEUED, Event.CANCEL): State.CANCELLED,
        (State.RUNNING, Event.FINISH): State.FINISHED,
        (State.RUNNING, Event.FAIL): State.FAILED,
        (State.RUNNING, Event.CANCEL): State.CANCELLED,
        (State.FAILED, Event.RESUME): State.QUEUED,
        (State.CANCELLED, Event.RESUME): State.QUEUED,
    }
)


class IllegalTransition(ModelingError):
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
        raise IllegalTransition(f"A training that is {state.value} cannot take {event.value}.") from None


def may(state: State, event: Event) -> bool:
    """Return whether the table has such a step."""
    return (state, event) in TRANSITIONS
