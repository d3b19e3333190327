"""What comes next, for every combination that is stored."""

from __future__ import annotations

import pytest

from tutorial.domain.lifecycle import State
from tutorial.domain.standing import Standing, TrainingState, series, training_state

OPEN, PASSED, FAILED = State.OPEN, State.PASSED, State.FAILED


def state(
    *states: State, pages_left: int = 0, qualified: bool = False, barred: bool = False, attempts: int = 2
) -> TrainingState:
    standing = Standing(qualified=qualified, barred=barred, pages_left=pages_left, attempt_states=states)
    return training_state(standing, attempts=attempts)


@pytest.mark.parametrize("pages_left", [1, 14])
def test_pages_come_before_the_exam(pages_left: int) -> None:
    assert state(pages_left=pages_left) is TrainingState.TUTORIAL


@pytest.mark.parametrize("states", [(), (OPEN,), (FAILED,), (FAILED, OPEN)])
def test_the_exam_is_next_while_attempts_are_left(states: tuple[State, ...]) -> None:
    assert state(*states) is TrainingState.EXAM


@pytest.mark.parametrize(("states", "attempts"), [((FAILED,), 1), ((FAILED, FAILED), 2)])
def test_the_training_is_failed_when_every_attempt_is(states: tuple[State, ...], attempts: int) -> None:
    assert state(*states, attempts=attempts) is TrainingState.FAILED


def test_a_qualification_beats_everything() -> None:
    assert state(FAILED, FAILED, qualified=True, pages_left=3) is TrainingState.PASSED


def test_a_revoked_supporter_may_not_simply_try_again() -> None:
    assert state(PASSED, barred=True) is TrainingState.FAILED


def test_an_expired_supporter_has_all_attempts_again() -> None:
    assert state(FAILED, PASSED) is TrainingState.EXAM
    assert state(FAILED, PASSED, FAILED) is TrainingState.EXAM
    assert state(FAILED, PASSED, FAILED, FAILED) is TrainingState.FAILED
    assert state(PASSED, pages_left=1) is TrainingState.TUTORIAL


def test_an_open_attempt_stays_open_when_pages_are_added() -> None:
    assert state(OPEN, pages_left=2) is TrainingState.EXAM


def test_a_series_begins_after_the_last_pass() -> None:
    assert series([FAILED, FAILED]) == (FAILED, FAILED)
    assert series([FAILED, PASSED]) == ()
    assert series([PASSED, FAILED, PASSED, OPEN]) == (OPEN,)
