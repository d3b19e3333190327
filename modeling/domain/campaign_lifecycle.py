"""The lifecycles of a comparison campaign and of one participant's part in it, as tables.

Source: Liu et al. 2021, §6.5: the same participants talk with both models, then compare them.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from modeling.errors import ModelingError


class IllegalStep(ModelingError):
    """The event cannot happen in this state."""

    code = "illegal_step"


class CampaignState(StrEnum):
    """Whether a campaign takes people in."""

    DRAFT = "draft"
    """Being set up: partners, quota and order may still change."""
    OPEN = "open"
    """Participants come in."""
    PAUSED = "paused"
    """Nobody new comes in; who is inside goes on."""
    CLOSED = "closed"
    """The quota is reached or the study team closed it; who is inside goes on. Reopened with a higher quota."""


class CampaignEvent(StrEnum):
    """What moves a campaign on."""

    OPEN = "open"
    PAUSE = "pause"
    CLOSE = "close"
    FILL = "fill"
    """The quota of completed pairs was reached."""


CAMPAIGN_TRANSITIONS = MappingProxyType(
    {
        (CampaignState.DRAFT, CampaignEvent.OPEN): CampaignState.OPEN,
        (CampaignState.OPEN, CampaignEvent.PAUSE): CampaignState.PAUSED,
        (CampaignState.PAUSED, CampaignEvent.OPEN): CampaignState.OPEN,
        (CampaignState.OPEN, CampaignEvent.CLOSE): CampaignState.CLOSED,
        (CampaignState.PAUSED, CampaignEvent.CLOSE): CampaignState.CLOSED,
        (CampaignState.OPEN, CampaignEvent.FILL): CampaignState.CLOSED,
        (CampaignState.PAUSED, CampaignEvent.FILL): CampaignState.CLOSED,
        (CampaignState.CLOSED, CampaignEvent.OPEN): CampaignState.OPEN,
    }
)


class PairState(StrEnum):
    """Where one participant stands with the two conversations."""

    ASSIGNED = "assigned"
    """The order is stored; no conversation has begun."""
    FIRST_CHAT = "first_chat"
    """Talks with Partner A, or answers the questions about that conversation."""
    BETWEEN = "between"
    """Is done with Partner A; Partner B has not been begun."""
    SECOND_CHAT = "second_chat"
    """Talks with Partner B, or answers the questions about that conversation."""
    QUESTIONS = "questions"
    """Has both conversations behind them and compares the two."""
    ANSWERED = "answered"
    """Completed: the only pairs that the analysis counts."""
    LEFT = "left"
    """Stopped on the way. Paid for what was done; the place in the order goes to somebody else."""
    FAILED = "failed"
    """Something on our side broke. Paid in full; the place in the order goes to somebody else."""
    WITHDRAWN = "withdrawn"
    """Withdrew, perhaps afterwards: answers are erased and the place goes to somebody else."""


class PairEvent(StrEnum):
    """What moves a pair on."""

    BEGIN = "begin"
    """A conversation began."""
    CHAT_DONE = "chat_done"
    """A conversation is over with its questions, and the participant goes on."""
    ANSWER = "answer"
    LEAVE = "leave"
    FAIL = "fail"
    WITHDRAW = "withdraw"


OPEN_PAIRS = (
    PairState.ASSIGNED,
    PairState.FIRST_CHAT,
    PairState.BETWEEN,
    PairState.SECOND_CHAT,
    PairState.QUESTIONS,
)
HOLD_PLACE = (*OPEN_PAIRS, PairState.ANSWERED)
"""States in which a pair keeps its place in the sequence of orders."""

PAIR_TRANSITIONS = MappingProxyType(
    {
        (PairState.ASSIGNED, PairEvent.BEGIN): PairState.FIRST_CHAT,
        (PairState.FIRST_CHAT, PairEvent.CHAT_DONE): PairState.BETWEEN,
        (PairState.BETWEEN, PairEvent.BEGIN): PairState.SECOND_CHAT,
        (PairState.SECOND_CHAT, PairEvent.CHAT_DONE): PairState.QUESTIONS,
        (PairState.QUESTIONS, PairEvent.ANSWER): PairState.ANSWERED,
    }
    | {(state, PairEvent.LEAVE): PairState.LEFT for state in OPEN_PAIRS}
    | {(state, PairEvent.FAIL): PairState.FAILED for state in OPEN_PAIRS}
    | {
        (state, PairEvent.WITHDRAW): PairState.WITHDRAWN
        for state in PairState
        if state is not PairState.WITHDRAWN
    }
)


def advance_campaign(state: CampaignState, event: CampaignEvent) -> CampaignState:
    """Return the state after `event`.

    Raises:
        IllegalStep: the table has no such step.
    """
    try:
        return CAMPAIGN_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalStep(f"A campaign that is {state.value} cannot take {event.value}.") from None


def advance_pair(state: PairState, event: PairEvent) -> PairState:
    """Return the state after `event`.

    Raises:
        IllegalStep: the table has no such step.
    """
    try:
        return PAIR_TRANSITIONS[state, event]
    except KeyError:
        raise IllegalStep(f"A pair that is {state.value} cannot take {event.value}.") from None


def place_free(taken: set[int]) -> int:
    """Return the first place of the sequence that nobody holds: given-back places go first, so blocks fill up."""
    place = 0
    while place in taken:
        place += 1
    return place
