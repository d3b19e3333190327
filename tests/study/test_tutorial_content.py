"""Tests of the tutorial that comes with the protocol esconv-2021: complete, balanced and fresh."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from statistics import fmean

import pytest

from study import protocol_files
from study.domain.tutorial_content import (
    DO_NO_HARM,
    Item,
    ItemKind,
    ItemUse,
    SubtaskKind,
    TutorialContent,
    exam_items,
    formative_items,
    parse_tutorial_content,
)

STRATEGIES = (
    "question",
    "restatement_or_paraphrasing",
    "reflection_of_feelings",
    "self_disclosure",
    "affirmation_and_reassurance",
    "providing_suggestions",
    "information",
    "others",
)
SUBTASKS = ("exploration", "comforting", "action", *STRATEGIES)

WORDED = {ItemKind.CHOOSE_REPLY, ItemKind.CHOOSE_NEXT, ItemKind.SPOT_HARMFUL}
"""Kinds whose options are sentences; those of the others are names and orders of fixed length."""

DEVIATIONS = 2.58
"""A fair bank leaves these bounds, in standard deviations, once in a hundred times."""


@cache
def content() -> TutorialContent:
    return parse_tutorial_content(protocol_files.read_document(protocol_files.DEFAULT))


def worded_items() -> list[Item]:
    return [item for item in content().items if item.kind in WORDED]


def check_near_chance(hits: float, chances: Iterable[float]) -> None:
    """Check that `hits` lies within the binomial bounds of items that each hit with their own chance."""
    chances = list(chances)
    expected = sum(chances)
    deviation = sum(chance * (1 - chance) for chance in chances) ** 0.5
    assert abs(hits - expected) <= DEVIATIONS * deviation, f"{hits:.1f} hits, {expected:.1f} expected"


# Complete -------------------------------------------------------------------------------------------


def test_there_are_eleven_pages_in_the_frameworks_order() -> None:
    assert tuple(page.key for page in content().tutorial.subtasks) == SUBTASKS
    assert [page.kind for page in content().tutorial.subtasks] == [SubtaskKind.STAGE] * 3 + [
        SubtaskKind.STRATEGY
    ] * 8


def test_three_safety_pages_follow() -> None:
    assert [page.key for page in content().tutorial.safety_pages] == [
        "limits_of_the_role",
        "risk_words",
        "looking_after_yourself",
    ]


@pytest.mark.parametrize("subtask", SUBTASKS)
def test_a_page_has_two_formative_and_four_exam_items_or_more(subtask: str) -> None:
    assert len(formative_items(content(), subtask)) >= 2
    assert len(exam_items(content(), subtask)) >= 4


def test_there_are_at_least_66_items_beside_the_do_no_harm_items() -> None:
    assert sum(item.subtask != DO_NO_HARM for item in content().items) >= 66
    assert len(exam_items(content(), DO_NO_HARM)) >= 8


def test_the_do_no_harm_exam_covers_what_may_do_harm() -> None:
    assert {item.confusion for item in exam_items(content(), DO_NO_HARM)} >= {
        "crisis disclosure",
        "advice too early",
        "judging",
        "promises",
        "medical advice",
        "identity exchange",
        "minimising",
        "disclosure of sexual abuse",
        "harm to others",
        "a minor in the chat",
    }


@pytest.mark.parametrize("subtask", SUBTASKS)
def test_half_of_a_pages_exam_items_name_the_skill(subtask: str) -> None:
    items = exam_items(content(), subtask)
    assert 2 * sum(item.kind is ItemKind.NAME_SKILL for item in items) == len(items)


def test_the_usual_rule_is_nine_of_eleven_and_every_do_no_harm_item_in_two_disjoint_attempts() -> None:
    rule = content().tutorial.rule()
    assert (rule.pass_subtask_correct, rule.questions_per_subtask * len(SUBTASKS)) == (9, 11)
    assert (rule.pass_harm_correct, rule.harm_items) == (3, 3)
    assert (rule.attempts, rule.disjoint_attempts) == (2, True)


def test_the_strict_rule_is_everything_right_at_the_first_attempt() -> None:
    rule = content().tutorial.rule("strict")
    assert (rule.pass_subtask_correct, rule.pass_harm_correct, rule.harm_items, rule.attempts) == (
        11,
        3,
        3,
        1,
    )


def test_every_strategys_page_shows_that_strategy() -> None:
    for page in content().tutorial.subtasks[3:]:
        assert page.key in {turn.strategy for turn in page.excerpt.turns}, page.key


def test_a_naming_item_ends_with_the_supporters_message_that_is_to_be_named() -> None:
    for item in content().items:
        if item.kind is ItemKind.NAME_SKILL:
            assert item.excerpt[-1].speaker == "supporter", item.key


# Balanced -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", range(4))
def test_the_correct_option_stands_at_each_position_about_equally_often(position: int) -> None:
    items = [item for item in content().items if position < len(item.options)]
    check_near_chance(
        sum(item.options[position].correct for item in items), (1 / len(item.options) for item in items)
    )


@pytest.mark.parametrize("use", list(ItemUse))
def test_the_correct_option_is_about_as_long_as_the_others(use: ItemUse) -> None:
    ratios = [
        len(item.answer.text) / fmean(len(option.text) for option in item.options if not option.correct)
        for item in worded_items()
        if item.use is use
    ]
    assert fmean(ratios) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("extreme", [max, min])
def test_the_longest_or_shortest_option_is_correct_no_more_often_than_by_chance(
    extreme: Callable[[Iterable[int]], int],
) -> None:
    items = worded_items()
    hits = 0.0
    for item in items:
        extreme_length = extreme(len(option.text) for option in item.options)
        candidates = [option for option in item.options if len(option.text) == extreme_length]
        hits += sum(option.correct for option in candidates) / len(candidates)
    check_near_chance(hits, (1 / len(item.options) for item in items))


def test_within_an_item_no_option_stands_out_by_its_length() -> None:
    for item in worded_items():
        lengths = [len(option.text) for option in item.options]
        assert max(lengths) <= 1.25 * min(lengths), item.key


def test_each_strategy_is_right_in_some_naming_items_and_wrong_in_others() -> None:
    naming = [item for item in content().items if item.kind is ItemKind.NAME_SKILL]
    offered = Counter(option.text for item in naming for option in item.options)
    right = Counter(item.answer.text for item in naming)
    for page in content().tutorial.subtasks:
        assert 0 < right[page.title] < offered[page.title], page.title
        assert right[page.title] <= len(naming) / 4, page.title


def test_every_pages_exam_items_differ_in_difficulty() -> None:
    for subtask in SUBTASKS:
        assert len({item.difficulty for item in exam_items(content(), subtask)}) > 1, subtask


# Fresh ----------------------------------------------------------------------------------------------


def word_runs(texts: Iterable[str], *, length_words: int = 6) -> set[tuple[str, ...]]:
    """Return every run of `length_words` words within one of the texts."""
    runs = set()
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        runs.update(
            tuple(words[start : start + length_words]) for start in range(len(words) - length_words + 1)
        )
    return runs


def spoken(item: Item) -> list[str]:
    """Return what is said in an item: its excerpt and its worded options."""
    options = [option.text for option in item.options] if item.kind in WORDED else []
    return [turn.text for turn in item.excerpt] + options


def page_texts() -> Iterator[str]:
    for page in content().tutorial.subtasks:
        yield from (
            page.definition,
            page.recap,
            page.contrast.situation,
            page.contrast.poor,
            page.contrast.good,
        )
        yield from chain(page.when, page.when_not, (turn.text for turn in page.excerpt.turns))
    for safety in content().tutorial.safety_pages:
        yield from chain(safety.paragraphs, safety.points)


def test_no_item_repeats_a_line_of_the_pages() -> None:
    pages = word_runs(page_texts())
    for item in content().items:
        assert not word_runs(spoken(item)) & pages, item.key


def test_no_two_items_share_a_line() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for item in content().items:
        for run in word_runs(spoken(item)):
            assert seen.setdefault(run, item.key) == item.key, " ".join(run)


def test_no_option_points_to_the_other_options() -> None:
    for item in content().items:
        for option in item.options:
            assert not re.search(
                r"\b(all|none|both|neither|one) of (the above|the others|these)\b", option.text.lower()
            ), item.key


def test_feedback_on_an_item_says_something_else_for_each_option() -> None:
    for item in content().items:
        assert len({option.feedback for option in item.options}) == len(item.options), item.key


def test_text_is_typeset_with_curly_quotes() -> None:
    texts = [*page_texts(), *chain.from_iterable(spoken(item) for item in content().items)]
    texts += [option.feedback for item in content().items for option in item.options]
    assert [text for text in texts if "'" in text or '"' in text] == []
