"""The product of states and events."""

from __future__ import annotations

from itertools import product

import pytest

from qualitycontrol.domain.lifecycle import TRANSITIONS, Event, IllegalTransition, State, advance

FINAL = {State.FILTERED_OUT, State.UNQUALIFIED, State.RELEASED}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_moves_by_the_table_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalTransition, match=f"{state.value} cannot take {event.value}"):
            advance(state, event)


def test_nothing_leaves_a_final_state() -> None:
    assert not [state for state, _event in TRANSITIONS if state in FINAL]


def test_every_state_is_reached() -> None:
    assert set(TRANSITIONS.values()) | {State.PENDING} == set(State)


def test_nothing_is_released_without_having_qualified() -> None:
    assert [state for (state, _event), after in TRANSITIONS.items() if after is State.RELEASED] == [
        State.QUALIFIED
    ]
