"""Every state with every event."""

from __future__ import annotations

import itertools

import pytest

from modeling.domain.training_lifecycle import TRANSITIONS, Event, IllegalTransition, State, advance, may

STEPS = {
    ("queued", "start"): "running",
    ("queued", "cancel"): "cancelled",
    ("running", "finish"): "finished",
    ("running", "fail"): "failed",
    ("running", "cancel"): "cancelled",
    ("failed", "resume"): "queued",
    ("cancelled", "resume"): "queued",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_the_table_is_the_rule(state: State, event: Event) -> None:
    after = STEPS.get((state.value, event.value))
    assert may(state, event) is (after is not None)
    if after is None:
        with pytest.raises(IllegalTransition, match=f"{state.value} cannot take {event.value}"):
            advance(state, event)
    else:
        assert advance(state, event) == after


def test_nothing_follows_on_a_finished_training() -> None:
    assert not [event for state, event in TRANSITIONS if state is State.FINISHED]
