"""Tests of the tutorial's parser on small documents."""

from __future__ import annotations

from typing import Any

import pytest

from study.domain.errors import ProtocolInvalid
from study.domain.tutorial_content import SubtaskKind, exam_items, formative_items, parse_tutorial_content
from tests.support.tutorial_documents import (
    make_document,
    make_item,
    make_items,
    make_options,
    make_rule,
    make_subtask,
    make_turns,
)


def check_refuses(document: dict[str, Any], *, because: str) -> None:
    with pytest.raises(ProtocolInvalid, match=because):
        parse_tutorial_content(document)


def with_subtask(key: str, **changes: Any) -> dict[str, Any]:
    """Return a document whose sub-task `key` differs in `changes`."""
    document = make_document()
    subtasks = document["tutorial"]["subtasks"]
    document["tutorial"]["subtasks"] = [
        subtask | changes if subtask["key"] == key else subtask for subtask in subtasks
    ]
    return document


def test_a_document_is_read_and_its_other_keys_are_left_alone() -> None:
    content = parse_tutorial_content(make_document() | {"chat": {"feedback_every": 2}})
    assert [(page.key, page.kind) for page in content.tutorial.subtasks] == [
        ("listening", SubtaskKind.STAGE),
        ("asking", SubtaskKind.STRATEGY),
    ]
    assert len(content.items) == 5


def test_items_are_found_by_sub_task_and_use() -> None:
    content = parse_tutorial_content(make_document())
    assert [item.key for item in formative_items(content, "asking")] == ["asking-quiz"]
    assert [item.key for item in exam_items(content, "asking")] == ["asking-exam"]
    assert [item.key for item in exam_items(content, "do_no_harm")] == ["harm-exam"]
    assert formative_items(content, "do_no_harm") == ()


@pytest.mark.parametrize("key", ["tutorial", "items", "stages", "strategies"])
def test_a_missing_part_is_named(key: str) -> None:
    document = make_document()
    del document[key]
    check_refuses(document, because=f"missing required field `{key}`")


def test_an_unknown_key_of_the_tutorial_is_named() -> None:
    check_refuses(make_document(colour="red"), because=r"unknown field `colour` - at `\$\.tutorial`")


def test_a_definition_of_sixty_words_is_read_and_one_more_is_not() -> None:
    parse_tutorial_content(with_subtask("asking", definition=" ".join(["word"] * 60)))
    check_refuses(
        with_subtask("asking", definition=" ".join(["word"] * 61)), because="the definition has 61 words"
    )


@pytest.mark.parametrize("turns", [make_turns()[:3], make_turns() + make_turns()[:3]])
def test_an_excerpt_has_four_to_six_turns(turns: list[dict[str, Any]]) -> None:
    check_refuses(
        with_subtask("asking", excerpt={"topic": "A day", "turns": turns}), because=r"excerpt\.turns"
    )


@pytest.mark.parametrize("missing", ["strategy", "note"])
def test_every_supporters_turn_of_a_page_is_annotated(missing: str) -> None:
    turns = make_turns()
    turns[3] = {key: value for key, value in turns[3].items() if key != missing}
    excerpt = {"topic": "A day", "turns": turns}
    check_refuses(
        with_subtask("asking", excerpt=excerpt), because="the supporter's turn 4 needs a strategy and a note"
    )


def test_an_excerpts_strategy_is_one_that_is_taught() -> None:
    excerpt = {"topic": "A day", "turns": make_turns("listening")}
    check_refuses(with_subtask("asking", excerpt=excerpt), because="'listening' is not a strategy")


def test_the_pages_teach_the_protocols_stages_and_strategies_in_order() -> None:
    document = make_document()
    document["tutorial"]["subtasks"].reverse()
    check_refuses(document, because="The tutorial teaches")


def test_a_strategy_without_a_page_is_refused() -> None:
    document = make_document()
    document["strategies"].append({"key": "thanking", "name": "Thanking"})
    check_refuses(document, because=r"'thanking'.*\$\.tutorial\.subtasks")


def test_a_page_is_titled_as_the_chat_names_it() -> None:
    check_refuses(with_subtask("asking", title="Questions"), because="'Questions'.*'Asking'")


@pytest.mark.parametrize("repeated", ["key", "stem"])
def test_an_items_key_and_stem_occur_once(repeated: str) -> None:
    items = make_items()
    items[1][repeated] = items[0][repeated]
    check_refuses(make_document(items=items), because=f"item {repeated} .* occurs more than once")


def test_an_item_belongs_to_a_sub_task_of_the_tutorial() -> None:
    check_refuses(
        make_document(items=[*make_items(), make_item(subtask="juggling")]), because="'juggling' is not"
    )


def naming(*texts: str) -> dict[str, Any]:
    """Return a naming item whose options have these texts, the first of them correct."""
    options = [option | {"text": text} for option, text in zip(make_options(len(texts)), texts, strict=True)]
    return make_item("naming", kind="name_skill", options=options)


def test_the_options_of_a_naming_item_are_titles_of_pages() -> None:
    check_refuses(
        make_document(items=[*make_items(), naming("Asking", "Thanking", "Waiting")]), because="'Thanking'"
    )


def test_a_naming_item_mixes_no_stages_with_strategies() -> None:
    document = make_document(items=[*make_items(), naming("Asking", "Listening", "Thanking")])
    document["tutorial"]["subtasks"].append(make_subtask("thanking", "strategy"))
    document["strategies"].append({"key": "thanking", "name": "Thanking"})
    document["items"].append(make_item("thanking-quiz", subtask="thanking", use="formative"))
    document["items"].append(make_item("thanking-exam", subtask="thanking"))
    check_refuses(document, because="stages and strategies are mixed")


def test_every_sub_task_has_a_quiz() -> None:
    items = [item for item in make_items() if item["key"] != "asking-quiz"]
    check_refuses(make_document(items=items), because="'asking' has no formative item")


def test_disjoint_attempts_need_items_for_each_of_them() -> None:
    twice = make_rule(attempts=2)
    check_refuses(make_document(exam=twice), because="needs 2 exam items on 'listening'; there are 1")
    parse_tutorial_content(make_document(exam=twice | {"disjoint_attempts": False}))


def test_do_no_harm_items_have_to_suffice_too() -> None:
    check_refuses(make_document(exam=make_rule(harm_items=2)), because="needs 2 exam items on 'do_no_harm'")


def test_a_preset_has_to_be_feasible_like_the_usual_rule() -> None:
    presets = {"long": make_rule(questions_per_subtask=3)}
    check_refuses(make_document(presets=presets), because="rule 'long' needs 3 exam items on 'listening'")


def test_no_more_right_answers_are_needed_than_there_are_questions() -> None:
    check_refuses(
        make_document(exam=make_rule(pass_subtask_correct=3)), because="more than there are questions"
    )


def test_a_rule_is_found_by_its_presets_name() -> None:
    strict = make_rule(attempts=1, source="strict")
    tutorial = parse_tutorial_content(make_document(presets={"strict": strict})).tutorial
    assert tutorial.rule("strict").source == "strict"
    assert tutorial.rule() == tutorial.exam
    with pytest.raises(KeyError):
        tutorial.rule("lenient")
