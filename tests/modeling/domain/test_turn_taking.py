"""Tests of when a program speaks."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from modeling.domain.agent_config import Pace
from modeling.domain.turn_lifecycle import TURN_TRANSITIONS, TurnEvent, TurnState, turn_sources, turn_target
from modeling.domain.turn_taking import Act, Situation, next_step, takes_leave, typing_seconds

ASKED = Situation(
    last_role="seeker",
    own_messages_last=0,
    silent_seconds=5.0,
    partner_typing=False,
    seconds_left=600.0,
    said_goodbye=False,
    partner_takes_leave=False,
)
ANSWERED = replace(ASKED, last_role="supporter", own_messages_last=1)
PACE = Pace(pause_seconds=2.5, another=0.25, messages=2)


def step(at: Situation, *, pace: Pace = PACE, draw: int = 1) -> tuple[Act, float]:
    found = next_step(at, pace, goodbye="Goodbye!", rng=random.Random(draw))
    return found.act, found.seconds


@pytest.mark.parametrize(
    ("at", "act", "seconds"),
    [
        (ASKED, Act.ANSWER, 0.0),
        (replace(ASKED, last_role=""), Act.NOTHING, 0.0),
        (replace(ASKED, silent_seconds=1.0), Act.WAIT, 1.5),
        (replace(ASKED, silent_seconds=2.5), Act.ANSWER, 0.0),
        (replace(ASKED, partner_typing=True), Act.WAIT, 4.0),
        (replace(ANSWERED, partner_typing=True), Act.WAIT, 4.0),
        (replace(ASKED, seconds_left=60.0), Act.GOODBYE, 0.0),
        (replace(ASKED, seconds_left=None), Act.ANSWER, 0.0),
        # A farewell is answered first, and then the agent takes leave.
        (replace(ASKED, partner_takes_leave=True), Act.ANSWER, 0.0),
        (replace(ANSWERED, partner_takes_leave=True), Act.GOODBYE, 0.0),
        (replace(ANSWERED, said_goodbye=True, seconds_left=10.0), Act.NOTHING, 0.0),
        (replace(ANSWERED, own_messages_last=2), Act.NOTHING, 0.0),
    ],
)
def test_what_a_program_does(at: Situation, act: Act, seconds: float) -> None:
    assert step(at) == (act, seconds)


def test_another_message_follows_as_often_as_the_pace_says() -> None:
    acts = [step(ANSWERED, draw=draw)[0] for draw in range(2000)]
    assert 0.22 < acts.count(Act.ANSWER) / 2000 < 0.28
    assert {step(ANSWERED, pace=Pace(another=0.0), draw=draw)[0] for draw in range(50)} == {Act.NOTHING}


@pytest.mark.parametrize(
    ("text", "leaving"),
    [
        ("Thank you, good bye!", True),
        ("I have to go now", True),
        ("bye", True),
        ("He went by the shop", False),
    ],
)
def test_a_farewell(text: str, leaving: bool) -> None:
    assert takes_leave(text) is leaving


def test_typing_is_as_long_as_the_text_but_for_what_the_model_took() -> None:
    pace = Pace(characters_per_second=20.0, longest_seconds=6.0)
    assert typing_seconds("x" * 60, pace, made_seconds=1.0) == 2.0
    assert typing_seconds("x" * 600, pace, made_seconds=1.0) == 5.0
    assert typing_seconds("x" * 10, pace, made_seconds=3.0) == 0.0


def test_a_turn_that_ended_never_moves_again() -> None:
    ended = {TurnState.SENT, TurnState.DROPPED, TurnState.FAILED}
    assert {state for state, _event in TURN_TRANSITIONS} == set(TurnState) - ended
    for event in TurnEvent:
        targets = {after for (_s, e), after in TURN_TRANSITIONS.items() if e is event}
        assert targets == {turn_target(event)}
        assert turn_sources(event)
