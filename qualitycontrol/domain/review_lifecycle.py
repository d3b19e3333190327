"""The lifecycle of an item of the strategy review, as a table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import ApplicationError


class ReviewState(StrEnum):
    """Where an item is."""

    OPEN = "open"
    """Reviewers vote on it."""
    ADJUDICATION = "adjudication"
    """The reviewers disagree with the label, or flagged the item: one person decides."""
    SETTLED = "settled"
    """The label stands, or was changed."""
    DROPPED = "dropped"
    """A participant withdrew: nobody looks at it any more."""


class ReviewEvent(StrEnum):
    """What moves an item on."""

    AGREE = "agree"
    DISAGREE = "disagree"
    FLAG = "flag"
    DECIDE = "decide"
    DROP = "drop"


TRANSITIONS = MappingProxyType(
    {
        (ReviewState.OPEN, ReviewEvent.AGREE): ReviewState.SETTLED,
        (ReviewState.OPEN, ReviewEvent.DISAGREE): ReviewState.ADJUDICATION,
        (ReviewState.OPEN, ReviewEvent.FLAG): ReviewState.ADJUDICATION,
        (ReviewState.OPEN, ReviewEvent.DROP): ReviewState.DROPPED,
        (ReviewState.ADJUDICATION, ReviewEvent.DECIDE): ReviewState.SETTLED,
        (ReviewState.ADJUDICATION, ReviewEvent.DROP): ReviewState.DROPPED,
    }
)
PENDING = (ReviewState.OPEN, ReviewState.ADJUDICATION)
"""What keeps a conversation out of a release."""


class IllegalReviewStep(ApplicationError):
    """The event cannot happen in this state."""

    code = "illegal_review_step"


def advance(state: ReviewState, event: ReviewEvent) -> ReviewState:
    """Return the state after `event`.

    Raises:
        IllegalReviewStep: the table has no such step.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalReviewStep(f"A review item that is {state.value} cannot take {event.value}.") from None
