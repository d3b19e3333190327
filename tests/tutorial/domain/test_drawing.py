"""Exams drawn from the real bank and from small ones."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import protocol_files
from study.domain.exam_content import DO_NO_HARM, ExamRule, Item, ItemUse
from tests.support.tutorial_documents import make_item, make_options, make_rule
from tutorial.domain.drawing import DrawnExam, draw, shuffled_order

PROTOCOL, _SHA256 = protocol_files.read_protocol()
BANK = {item.key: item for item in PROTOCOL.items}
RULE = PROTOCOL.tutorial.exam
SUBTASKS = [subtask.key for subtask in PROTOCOL.tutorial.subtasks]
SEEDS = st.integers(min_value=0, max_value=2**63 - 1)


def make_bank(per_part: int) -> list[Item]:
    """Return a bank with one sub-task and do-no-harm, each with so many exam items and one formative item."""
    documents = [
        make_item(f"{part}-{number}".replace("_", "-"), subtask=part, options=make_options(4))
        for part in ("listening", DO_NO_HARM)
        for number in range(per_part)
    ]
    documents.append(make_item("listening-quiz", use="formative"))
    return [msgspec.convert(document, Item) for document in documents]


def rule(**changes: object) -> ExamRule:
    return msgspec.convert(make_rule(**changes), ExamRule)


def keys(exam: DrawnExam) -> set[str]:
    return {drawn.item_key for drawn in exam.items}


@given(SEEDS)
@settings(max_examples=200)
def test_an_exam_asks_once_about_each_subtask_and_thrice_about_harm(seed: int) -> None:
    exam = draw(PROTOCOL.items, RULE, seed)
    asked = Counter(drawn.subtask for drawn in exam.items)
    assert asked == dict.fromkeys(SUBTASKS, 1) | {DO_NO_HARM: 3}
    assert len(keys(exam)) == 14
    for drawn in exam.items:
        item = BANK[drawn.item_key]
        assert item.use is ItemUse.EXAM
        assert item.subtask == drawn.subtask
        assert sorted(drawn.option_order) == list(range(len(item.options)))


@given(SEEDS)
def test_the_same_seed_draws_the_same_exam(seed: int) -> None:
    assert draw(PROTOCOL.items, RULE, seed) == draw(PROTOCOL.items, RULE, seed)


@given(SEEDS, SEEDS)
@settings(max_examples=200)
def test_a_second_attempt_repeats_no_item(first: int, second: int) -> None:
    seen = keys(draw(PROTOCOL.items, RULE, first))
    assert not seen & keys(draw(PROTOCOL.items, RULE, second, exclude=seen))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 6), SEEDS, st.sets(st.integers(0, 5), max_size=6))
@settings(max_examples=200)
def test_excluded_items_come_only_when_no_others_are_left(
    supply: int, asked: int, harm: int, seed: int, excluded: set[int]
) -> None:
    exam_rule = rule(questions_per_subtask=asked, harm_items=harm, pass_harm_correct=0)
    exclude = {f"listening-{number}" for number in excluded if number < supply}
    if asked > supply or harm > supply:
        with pytest.raises(ValueError, match="exam items are asked for"):
            draw(make_bank(supply), exam_rule, seed, exclude=exclude)
        return
    drawn = keys(draw(make_bank(supply), exam_rule, seed, exclude=exclude))
    fresh = supply - len(exclude)
    assert len(drawn & exclude) == max(0, asked - fresh)


def test_questions_and_options_are_spread_over_all_places() -> None:
    # 2,000 exams: were the order fixed, a place would name the sub-task or the key.
    places: Counter[int] = Counter()
    key_places: Counter[int] = Counter()
    for seed in range(2000):
        for place, drawn in enumerate(draw(PROTOCOL.items, RULE, seed).items):
            if drawn.subtask == "question":
                places[place] += 1
            item = BANK[drawn.item_key]
            if len(item.options) == 4:
                key_places[next(p for p, i in enumerate(drawn.option_order) if item.options[i].correct)] += 1
    assert min(places[place] for place in range(14)) > 2000 / 14 * 0.7
    shares = [key_places[place] / key_places.total() for place in range(4)]
    assert all(0.23 < share < 0.27 for share in shares)


def test_every_exam_item_is_drawn_sometimes() -> None:
    drawn = set().union(*(keys(draw(PROTOCOL.items, RULE, seed)) for seed in range(300)))
    assert drawn == {item.key for item in PROTOCOL.items if item.use is ItemUse.EXAM}


@given(st.integers(0, 8), st.randoms(use_true_random=False))
def test_a_shuffled_order_is_a_permutation(count: int, rng: object) -> None:
    assert sorted(shuffled_order(count, rng=rng)) == list(range(count))  # type: ignore[arg-type]
