"""The assessment's lifecycle as a table.

What moves it is the approval rule, the manual review of the emotion intensity, and a release.
Source: Liu et al. 2021, §4.3.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import ApplicationError


class State(StrEnum):
    """What a conversation is worth to the corpus."""

    PENDING = "pending"
    """Not judged yet."""
    FILTERED_OUT = "filtered_out"
    """Not finished by the seeker, or too short (§4.3, preliminary filter)."""
    QUALIFIED = "qualified"
    """It may be released."""
    UNQUALIFIED = "unqualified"
    """The approval rule, or a person, refused it."""
    INTENSITY_QUERIED = "intensity_queried"
    """Approved, but the seeker felt no better: a person looks at the emotion intensity first (§4.3)."""
    RELEASED = "released"
    """It is part of a release."""


class Event(StrEnum):
    """What moves an assessment on."""

    FILTER_OUT = "filter_out"
    APPROVE = "approve"
    REJECT = "reject"
    QUERY_INTENSITY = "query_intensity"
    RELEASE = "release"


TRANSITIONS = MappingProxyType(
    {
        (State.PENDING, Event.FILTER_OUT): State.FILTERED_OUT,
        (State.PENDING, Event.APPROVE): State.QUALIFIED,
        (State.PENDING, Event.REJECT): State.UNQUALIFIED,
        (State.PENDING, Event.QUERY_INTENSITY): State.INTENSITY_QUERIED,
        (State.INTENSITY_QUERIED, Event.APPROVE): State.QUALIFIED,
        (State.INTENSITY_QUERIED, Event.REJECT): State.UNQUALIFIED,
        (State.QUALIFIED, Event.RELEASE): State.RELEASED,
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
        raise IllegalTransition(f"An assessment that is {state.value} cannot take {event.value}.") from None
