"""What follows from a reviewer's word."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.intensity import Action, Decision, decision, event, needs_second, settled
from qualitycontrol.domain.lifecycle import Event

KEEP, REVERSE, SET, EXCLUDE = Action


@pytest.mark.parametrize(
    ("action", "value", "expected"),
    [
        (KEEP, None, Decision(excluded=False, intensity_after=5)),
        (REVERSE, None, Decision(excluded=False, intensity_after=1)),
        (SET, 3, Decision(excluded=False, intensity_after=3)),
        (EXCLUDE, None, Decision(excluded=True, intensity_after=5)),
    ],
)
def test_an_action_says_what_stands_afterwards(action: Action, value: int | None, expected: Decision) -> None:
    assert decision(action, after=5, points=5, value=value) == expected


@pytest.mark.parametrize(("action", "value"), [(SET, None), (SET, 0), (SET, 6), (KEEP, 3), (REVERSE, 1)])
def test_a_value_belongs_to_setting_one_on_the_scale(action: Action, value: int | None) -> None:
    with pytest.raises(ValueError, match="value"):
        decision(action, after=5, points=5, value=value)


@pytest.mark.parametrize(
    ("after", "excluded", "expected"),
    [(3, False, Event.APPROVE), (4, False, Event.REJECT), (5, False, Event.REJECT), (1, True, Event.REJECT)],
)
def test_only_a_revised_improvement_is_taken(after: int, excluded: bool, expected: Event) -> None:
    assert event(Decision(excluded, after), before=4, improvement_min=1) is expected


def test_reviewers_settle_when_enough_say_the_same() -> None:
    keep, turn = Decision(False, 5), Decision(False, 1)
    assert settled([], reviewers=1) is None
    assert settled([keep], reviewers=1) == keep
    assert settled([keep], reviewers=2) is None
    assert settled([keep, turn], reviewers=2) is None
    assert settled([keep, turn, turn], reviewers=2) == turn


def test_the_share_with_a_second_reviewer_is_drawn_by_the_key() -> None:
    keys = [f"conversation-{number}" for number in range(4000)]
    drawn = [needs_second(key, share=0.2) for key in keys]
    assert drawn == [needs_second(key, share=0.2) for key in keys]
    assert 0.18 < sum(drawn) / len(drawn) < 0.22
    assert not any(needs_second(key, share=0.0) for key in keys[:100])
    assert all(needs_second(key, share=1.0) for key in keys[:100])
