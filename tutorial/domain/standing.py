"""Where a supporter stands in the training, decided from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tutorial.domain.lifecycle import State


class TrainingState(StrEnum):
    """What comes next."""

    TUTORIAL = "tutorial"
    """Pages are left to work through."""
    EXAM = "exam"
    """All pages are done; an attempt is open or may be started."""
    PASSED = "passed"
    """The qualification stands. Pages may be read again."""
    FAILED = "failed"
    """Every attempt is used, or the qualification was revoked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of one participant under one protocol."""

    qualified: bool
    barred: bool
    pages_left: int
    attempt_states: tuple[State, ...]
    """States of all attempts under the protocol's name, in the order of their numbers."""


def series(states: Sequence[State]) -> tuple[State, ...]:
    """Return the attempts that count against the limit: those after the last one that was passed.

    Whoever sits the exam anew because a qualification expired or the training changed has all attempts again.
    """
    passed = [place for place, state in enumerate(states) if state is State.PASSED]
    return tuple(states[passed[-1] + 1 :]) if passed else tuple(states)


def training_state(standing: Standing, *, attempts: int) -> TrainingState:
    """Return what comes next, where the protocol allows so many `attempts`."""
    if standing.qualified:
        return TrainingState.PASSED
    if standing.barred:
        return TrainingState.FAILED
    counted = series(standing.attempt_states)
    if State.OPEN in counted:
        return TrainingState.EXAM
    if len(counted) >= attempts:
        return TrainingState.FAILED
    return TrainingState.TUTORIAL if standing.pages_left else TrainingState.EXAM
