"""Every state met with every event."""

from __future__ import annotations

from itertools import product

import pytest

from tutorial.domain.lifecycle import TRANSITIONS, Event, IllegalTransition, State, advance

LEGAL = {
    (State.OPEN, Event.PASS): State.PASSED,
    (State.OPEN, Event.FAIL): State.FAILED,
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_an_attempt_is_decided_once(state: State, event: Event) -> None:
    if (state, event) in LEGAL:
        assert advance(state, event) is LEGAL[state, event]
    else:
        with pytest.raises(IllegalTransition):
            advance(state, event)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[State.FAILED, Event.PASS] = State.PASSED  # type: ignore[index]
