"""The lifecycle of a safety case: what reviewers of the study team have to look at, and what was done about it."""

from __future__ import annotations

from enum import StrEnum

from collection.domain.lifecycle import IllegalTransition


class CaseKind(StrEnum):
    """What a case is about."""

    PHRASES = "phrases"
    """Phrases that ask for care were met in somebody's words."""
    REPORT = "report"
    """A partner was reported; the case is about the reported side."""
    MESSAGE = "message"
    """Somebody wrote to the study team."""
    CHECK_IN = "check_in"
    """A supporter did not feel well after a difficult conversation."""


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """Nobody has taken it yet; the clock runs."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody of the study team looks after it."""
    ESCALATED = "escalated"
    """It was handed to whoever leads the study."""
    CLOSED = "closed"
    """It was dealt with; the journal says how."""


class CaseEvent(StrEnum):
    """A step of a case. Every step is written into its journal, and so is every reading of its context."""

    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"
    """It was closed too early."""


TRANSITIONS: dict[tuple[CaseState, CaseEvent], CaseState] = {
    (CaseState.OPEN, CaseEvent.ACKNOWLEDGE): CaseState.ACKNOWLEDGED,
    (CaseState.OPEN, CaseEvent.ESCALATE): CaseState.ESCALATED,
    (CaseState.OPEN, CaseEvent.CLOSE): CaseState.CLOSED,
    (CaseState.ACKNOWLEDGED, CaseEvent.ESCALATE): CaseState.ESCALATED,
    (CaseState.ACKNOWLEDGED, CaseEvent.CLOSE): CaseState.CLOSED,
    (CaseState.ESCALATED, CaseEvent.CLOSE): CaseState.CLOSED,
    (CaseState.CLOSED, CaseEvent.REOPEN): CaseState.ACKNOWLEDGED,
}
OPEN_CASES = (CaseState.OPEN, CaseState.ACKNOWLEDGED, CaseState.ESCALATED)


def advance_case(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after an event.

    Raises:
        IllegalTransition: the step does not exist.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"A case that is {state} cannot {event}.") from None


class Resolution(StrEnum):
    """What came of a case."""

    NO_ACTION = "no_action"
    """Nothing was needed; the reason stands in the journal."""
    CONTACTED = "contacted"
    """The participant was written to."""
    ENDED = "ended"
    """The conversation was ended, and both were paid."""
    KEPT_APART = "kept_apart"
    """The reported participant is not paired again."""


class Source(StrEnum):
    """Where a phrase was met."""

    UTTERANCE = "utterance"
    SITUATION = "situation"
    """The seeker's description before the conversation."""
    OPEN_ANSWER = "open_answer"
    """An open answer after the conversation."""
    CHECK_IN = "check_in"
    MESSAGE = "message"
    """A message to the study team."""


class ReportReason(StrEnum):
    """Why a partner is reported."""

    HARASSMENT = "harassment"
    SEXUAL = "sexual"
    DANGEROUS = "dangerous"
    PERSONAL = "personal"
    OTHER = "other"


REPORT_SEVERITY: dict[ReportReason, int] = {
    ReportReason.HARASSMENT: 2,
    ReportReason.SEXUAL: 3,
    ReportReason.DANGEROUS: 3,
    ReportReason.PERSONAL: 2,
    ReportReason.OTHER: 2,
}


class Feeling(StrEnum):
    """How a supporter is after a difficult conversation."""

    WELL = "well"
    SHAKEN = "shaken"
    UNWELL = "unwell"


def roles_of(cards: str) -> frozenset[str]:
    """Return the roles that a stored list such as "seeker,supporter" names."""
    return frozenset(cards.split(",")) - {""}


def with_roles(cards: str, roles: frozenset[str]) -> str:
    """Return the stored list with more roles in it."""
    return ",".join(sorted(roles_of(cards) | roles))
