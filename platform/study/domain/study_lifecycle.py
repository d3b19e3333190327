"""A study's lifecycle as a table: set up, open, paused, closed."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from study.domain.errors import StudyStepRefused


class StudyState(StrEnum):
    """Whether a study takes people in. Whoever is inside goes on in every state."""

    DRAFT = "draft"
    """It is being set up."""
    OPEN = "open"
    """It takes people in."""
    PAUSED = "paused"
    """It takes nobody in for now."""
    CLOSED = "closed"
    """It takes nobody in any more; it can be opened again."""


class StudyStep(StrEnum):
    """What moves a study on."""

    OPEN = "open"
    """Only while nothing on the checklist stands in the way."""
    PAUSE = "pause"
    CLOSE = "close"


TRANSITIONS = MappingProxyType(
    {
        (StudyState.DRAFT, StudyStep.OPEN): StudyState.OPEN,
        (StudyState.OPEN, StudyStep.PAUSE): StudyState.PAUSED,
        (StudyState.OPEN, StudyStep.CLOSE): StudyState.CLOSED,
        (StudyState.PAUSED, StudyStep.OPEN): StudyState.OPEN,
        (StudyState.PAUSED, StudyStep.CLOSE): StudyState.CLOSED,
        (StudyState.CLOSED, StudyStep.OPEN): StudyState.OPEN,
    }
)


def advance_study(state: StudyState, step: StudyStep) -> StudyState:
    """Return the state after `step`.

    Raises:
        StudyStepRefused: the table has no such step.
    """
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise StudyStepRefused(f"A study that is {state.value} cannot {step.value}.") from None


def steps_from(state: StudyState) -> list[StudyStep]:
    """Return what may be done with a study in this state."""
    return [step for before, step in TRANSITIONS if before is state]
