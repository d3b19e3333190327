"""Tests of the scripted participants."""

from __future__ import annotations

import random

import pytest

from collection.domain.scripted import SEEKERS, SUPPORTER_LINES, WAIT, View, seeker_move, supporter_move
from study import protocol_files
from study.domain.protocol import find

PROTOCOL = protocol_files.read_protocol()[0]
RNG = random.Random(1)


@pytest.mark.parametrize("script", SEEKERS)
def test_a_script_s_survey_would_be_taken(script) -> None:  # type: ignore[no-untyped-def]
    find(PROTOCOL.problems, script.problem)
    find(PROTOCOL.emotions, script.emotion)
    find(PROTOCOL.experiences, script.experience)
    words = len(script.situation.split())
    assert PROTOCOL.surveys.situation_min_words <= words <= PROTOCOL.surveys.situation_max_words
    assert len(script.lines) >= PROTOCOL.chat.finish_min_seeker_turns


def test_the_supporter_s_lines_use_every_strategy() -> None:
    assert {line.strategy for line in SUPPORTER_LINES} == set(PROTOCOL.strategies_by_key)


def test_a_seeker_rates_first_then_answers_then_finishes() -> None:
    script = SEEKERS[0]
    assert seeker_move(script, View(roles=[], feedback_number=1), rng=RNG).rate in {4, 5}
    assert seeker_move(script, View(roles=[]), rng=RNG).say == script.lines[0]
    assert seeker_move(script, View(roles=["seeker"]), rng=RNG) == WAIT
    assert seeker_move(script, View(roles=["seeker", "supporter"]), rng=RNG).say == script.lines[1]
    done = ["seeker", "supporter"] * len(script.lines)
    assert seeker_move(script, View(roles=done, may_finish=True), rng=RNG).finish
    stays = seeker_move(script, View(roles=done), rng=RNG)
    assert stays.say
    assert not stays.finish


def test_a_supporter_greets_and_answers_each_turn_with_a_strategy() -> None:
    assert supporter_move(View(roles=[]), rng=RNG).say == SUPPORTER_LINES[0].text
    assert supporter_move(View(roles=["seeker", "supporter"]), rng=RNG) == WAIT
    late = supporter_move(View(roles=["supporter", "seeker"] * 40), rng=RNG)
    assert late.say
    assert late.strategy in PROTOCOL.strategies_by_key
