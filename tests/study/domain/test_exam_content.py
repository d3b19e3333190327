"""Tests of items and of the exam's rule, each on its own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from study.domain.exam_content import ExamRule, Item, ItemKind, ItemUse, Speaker, Turn
from tests.support.tutorial_documents import make_item, make_options, make_rule


def check_reads(document: dict[str, Any]) -> Item:
    return msgspec.convert(document, Item)


def check_refuses(document: dict[str, Any], *, because: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=because):
        msgspec.convert(document, Item)


def test_an_item_is_read_into_typed_values() -> None:
    item = check_reads(make_item())
    assert (item.kind, item.use) == (ItemKind.CHOOSE_REPLY, ItemUse.EXAM)
    assert item.excerpt == (Turn(speaker=Speaker.SEEKER, text="I am tired."),)


def test_the_answer_is_the_correct_option() -> None:
    item = check_reads(make_item(options=make_options(4, correct=2)))
    assert item.answer.text == "Reply 2."


def test_an_item_needs_no_excerpt() -> None:
    document = make_item()
    del document["excerpt"]
    assert check_reads(document).excerpt == ()


@pytest.mark.parametrize("count", [2, 5])
def test_an_item_has_three_or_four_options(count: int) -> None:
    check_refuses(make_item(options=make_options(count)), because=r"\$\.options")


def test_exactly_one_option_is_correct() -> None:
    none = [option | {"correct": False} for option in make_options()]
    every = [option | {"correct": True} for option in make_options()]
    check_refuses(make_item(options=none), because="exactly one option is correct, not 0")
    check_refuses(make_item(options=every), because="exactly one option is correct, not 3")


def test_two_options_do_not_say_the_same() -> None:
    twice = [option | {"text": "Same."} for option in make_options()]
    check_refuses(make_item(options=twice), because="option 'Same.' occurs more than once")


def test_every_option_has_feedback() -> None:
    options = make_options()
    options[1]["feedback"] = ""
    check_refuses(make_item(options=options), because=r"feedback|\$\.options\[1\]")


@pytest.mark.parametrize("mark", [{"strategy": "asking"}, {"note": "A question."}])
def test_the_excerpt_of_an_item_carries_no_hint(mark: dict[str, str]) -> None:
    turn = {"speaker": "supporter", "text": "What happened?"} | mark
    check_refuses(make_item(excerpt=[turn]), because="would give the answer away")


def test_an_unknown_key_of_an_option_is_named() -> None:
    options = make_options()
    options[2]["hint"] = "Not here."
    check_refuses(make_item(options=options), because=r"unknown field `hint` - at `\$\.options\[2\]`")


@pytest.mark.parametrize(
    ("key", "value"),
    [("difficulty", 0), ("difficulty", 4), ("kind", "essay"), ("use", "both"), ("key", "Not A Slug")],
)
def test_a_value_outside_its_range_is_refused(key: str, value: object) -> None:
    check_refuses(make_item(**{key: value}), because=rf"\$\.{key}")


def test_a_seekers_turn_has_no_strategy() -> None:
    with pytest.raises(msgspec.ValidationError, match="a seeker's turn has no strategy"):
        msgspec.convert({"speaker": "seeker", "text": "Hello.", "strategy": "asking"}, Turn)


@pytest.mark.parametrize(
    ("attempts", "disjoint", "draws"), [(1, True, 1), (1, False, 1), (2, True, 2), (2, False, 1)]
)
def test_only_disjoint_attempts_multiply_the_items_needed(attempts: int, disjoint: bool, draws: int) -> None:
    rule = msgspec.convert(make_rule(attempts=attempts, disjoint_attempts=disjoint), ExamRule)
    assert rule.draws == draws


def test_no_more_do_no_harm_answers_are_needed_than_are_asked() -> None:
    with pytest.raises(msgspec.ValidationError, match="pass_harm_correct is more than harm_items"):
        msgspec.convert(make_rule(harm_items=3, pass_harm_correct=4), ExamRule)
