"""When a strategy goes to a person, and which utterances enter."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.review_lifecycle import (
    TRANSITIONS,
    IllegalReviewStep,
    ReviewEvent,
    ReviewState,
    advance,
)
from qualitycontrol.domain.strategy_review import (
    Action,
    Entry,
    Mode,
    Rule,
    disagreement,
    drawn,
    entry,
    gold_is_due,
    label_after,
    mode,
    needs_adjudication,
    place,
)

RULE = Rule(sampled_share=0.171, blind_share=0.1, gold_share=0.05, adjudicate_above_share=0.75)
KEYS = [f"conversation:{number}" for number in range(5000)]


@pytest.mark.parametrize(
    ("reviewers", "differing", "expected"),
    [(3, 2, False), (3, 3, True), (4, 3, False), (4, 4, True), (5, 3, False), (5, 4, True), (5, 5, True)],
)
def test_strictly_more_than_three_quarters_have_to_disagree(
    reviewers: int, differing: int, expected: bool
) -> None:
    votes = ["information"] * differing + ["question"] * (reviewers - differing)
    assert needs_adjudication(votes, label="question", above_share=0.75) is expected


def test_any_other_label_disagrees() -> None:
    assert disagreement(["a", "b", "c", "question"], label="question") == 0.75
    with pytest.raises(ValueError, match="no votes"):
        disagreement([], label="question")


def test_a_share_is_drawn_and_drawing_again_draws_the_same() -> None:
    def enter(seed: int) -> set[str]:
        return {key for key in KEYS if entry(1, key=key, flagged=(), gold=False, rule=RULE, seed=seed)}

    assert enter(7) == enter(7)
    assert enter(7) != enter(8)
    assert 0.15 < len(enter(7)) / len(KEYS) < 0.19


def test_what_is_flagged_or_known_enters_whatever_is_drawn() -> None:
    none = Rule(sampled_share=0, blind_share=0, gold_share=0, adjudicate_above_share=0.75)
    assert entry(3, key="k", flagged={3}, gold=False, rule=none, seed=1) is Entry.FLAGGED
    assert entry(3, key="k", flagged={3}, gold=True, rule=none, seed=1) is Entry.GOLD
    assert entry(3, key="k", flagged={4}, gold=False, rule=none, seed=1) is None


def test_gold_is_always_blind_and_of_the_rest_a_share() -> None:
    modes = [mode(Entry.SAMPLED, key=key, rule=RULE, seed=1) for key in KEYS]
    assert 0.08 < modes.count(Mode.BLIND) / len(KEYS) < 0.12
    assert {mode(Entry.GOLD, key=key, rule=RULE, seed=1) for key in KEYS} == {Mode.BLIND}


def test_a_share_of_what_a_reviewer_gets_is_gold() -> None:
    due = [gold_is_due(11, taken=number, rule=RULE) for number in range(4000)]
    assert 0.04 < due.count(True) / len(due) < 0.06


def test_draws_for_different_purposes_are_apart() -> None:
    assert drawn(1, "sample", "k") != drawn(1, "blind", "k")
    assert 0 <= place(1, "k") < 2**31


@pytest.mark.parametrize(
    ("action", "new", "expected"),
    [(Action.KEEP, "", "question"), (Action.AMBIGUOUS, "", "question"), (Action.CHANGE, "others", "others")],
)
def test_a_decision_leaves_one_label(action: Action, new: str, expected: str) -> None:
    assert label_after(action, label="question", new=new) == expected


@pytest.mark.parametrize(
    ("action", "new"),
    [(Action.KEEP, "others"), (Action.AMBIGUOUS, "others"), (Action.CHANGE, ""), (Action.CHANGE, "question")],
)
def test_a_decision_that_contradicts_itself_is_none(action: Action, new: str) -> None:
    with pytest.raises(ValueError, match="strategy"):
        label_after(action, label="question", new=new)


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("event", ReviewEvent)
def test_every_state_and_event_has_one_answer(state: ReviewState, event: ReviewEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalReviewStep, match=f"{state} cannot take {event}"):
            advance(state, event)
