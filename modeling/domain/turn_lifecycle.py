"""The lifecycle of an agent's turn as a table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class TurnState(StrEnum):
    """Where a turn stands."""

    MAKING = "making"
    """A worker asks the model."""
    READY = "ready"
    """The message is made and typing is shown."""
    SENT = "sent"
    """The partner has it."""
    DROPPED = "dropped"
    """Something was said meanwhile, or the conversation ended: it was not sent."""
    FAILED = "failed"
    """The model did not answer in time: the conversation was ended with an apology."""


class TurnEvent(StrEnum):
    """What moves a turn on."""

    MADE = "made"
    RETRY = "retry"
    """Another worker begins it: the first one gave no sign of life."""
    SEND = "send"
    DROP = "drop"
    FAIL = "fail"


TURN_TRANSITIONS = MappingProxyType(
    {
        (TurnState.MAKING, TurnEvent.MADE): TurnState.READY,
        (TurnState.MAKING, TurnEvent.RETRY): TurnState.MAKING,
        (TurnState.MAKING, TurnEvent.DROP): TurnState.DROPPED,
        (TurnState.MAKING, TurnEvent.FAIL): TurnState.FAILED,
        (TurnState.READY, TurnEvent.SEND): TurnState.SENT,
        (TurnState.READY, TurnEvent.DROP): TurnState.DROPPED,
        (TurnState.READY, TurnEvent.FAIL): TurnState.FAILED,
    }
)


def turn_sources(event: TurnEvent) -> list[TurnState]:
    """Return the states in which an event may happen."""
    return [state for state, candidate in TURN_TRANSITIONS if candidate is event]


def turn_target(event: TurnEvent) -> TurnState:
    """Return the state after an event; each event leads to one."""
    return next(after for (_state, candidate), after in TURN_TRANSITIONS.items() if candidate is event)
