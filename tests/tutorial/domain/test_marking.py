"""Marks worked out by hand on the real rule: 9 of 11 and 3 of 3."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import protocol_files
from study.domain.exam_content import DO_NO_HARM
from tutorial.domain.drawing import draw
from tutorial.domain.errors import AnswersMissing, AnswerUnknown
from tutorial.domain.marking import Result, correct_position, mark

PROTOCOL, _SHA256 = protocol_files.read_protocol()
BANK = {item.key: item for item in PROTOCOL.items}
EXAM = draw(PROTOCOL.items, PROTOCOL.tutorial.exam, 7)
SUBTASKS = [drawn.item_key for drawn in EXAM.items if drawn.subtask != DO_NO_HARM]
HARM = [drawn.item_key for drawn in EXAM.items if drawn.subtask == DO_NO_HARM]


def answers(*, wrong: set[str] | frozenset[str] = frozenset()) -> dict[str, int]:
    """Return right answers, but wrong ones to the named items."""
    chosen = {}
    for drawn in EXAM.items:
        right = correct_position(BANK[drawn.item_key], drawn.option_order)
        chosen[drawn.item_key] = right % len(drawn.option_order) + 1 if drawn.item_key in wrong else right
    return chosen


def marked(chosen: dict[str, int], *, preset: str = "") -> Result:
    return mark(EXAM.items, chosen, PROTOCOL.tutorial.rule(preset), items=BANK)


@pytest.mark.parametrize(
    ("subtasks_wrong", "harm_wrong", "passed"),
    [(0, 0, True), (1, 0, True), (2, 0, True), (3, 0, False), (11, 0, False), (0, 1, False), (2, 3, False)],
)
def test_passing_takes_nine_of_eleven_and_every_harm_item(
    subtasks_wrong: int, harm_wrong: int, passed: bool
) -> None:
    result = marked(answers(wrong={*SUBTASKS[:subtasks_wrong], *HARM[:harm_wrong]}))
    assert result.passed is passed
    assert (result.subtask_correct, result.harm_correct) == (11 - subtasks_wrong, 3 - harm_wrong)


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, False)])
def test_the_strict_preset_takes_every_answer_right(wrong: int, passed: bool) -> None:
    assert marked(answers(wrong=set(SUBTASKS[:wrong])), preset="strict").passed is passed


def test_what_to_read_again_is_named_by_part() -> None:
    wrong = {SUBTASKS[4], HARM[0]}
    assert set(marked(answers(wrong=wrong)).reread) == {BANK[SUBTASKS[4]].subtask, DO_NO_HARM}
    assert marked(answers()).reread == ()


def test_a_result_holds_no_key() -> None:
    assert set(asdict(marked(answers()))) == {"parts", "correct_by_item", "passed"}
    assert {type(right) for right in marked(answers()).correct_by_item.values()} == {bool}


def test_missing_answers_are_named_by_their_numbers() -> None:
    chosen = answers()
    for place in (1, 4):
        del chosen[EXAM.items[place].item_key]
    with pytest.raises(AnswersMissing, match=r"Missing: 2, 5\."):
        marked(chosen)


@pytest.mark.parametrize("place", [0, -1, 5, 99])
def test_an_answer_outside_the_options_is_refused(place: int) -> None:
    with pytest.raises(AnswerUnknown):
        marked(answers() | {SUBTASKS[0]: place})


@given(st.sets(st.sampled_from([drawn.item_key for drawn in EXAM.items])))
def test_parts_add_up(wrong: set[str]) -> None:
    result = marked(answers(wrong=wrong))
    assert sum(part.asked for part in result.parts) == 14
    assert result.subtask_correct + result.harm_correct == 14 - len(wrong)
    assert {key for key, right in result.correct_by_item.items() if not right} == wrong
