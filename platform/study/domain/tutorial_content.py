"""The supporter's tutorial as typed content: the pages, and the items that go with them, checked as a whole.

A protocol's `tutorial.toml` and `items_*.toml` hold the words; this module says what a valid tutorial is and
refuses everything else with the path of the entry at fault. How to write items: docs/reference/tutorial-content.md.
Source: Liu et al. 2021, §3.2 (stages), Appendix B (strategies), §4.1 and Figure 8a (tutorial and exam).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta

from study.domain.content import Entry, Language, Slug, Text, refuse_repeats
from study.domain.errors import ProtocolInvalid
from study.domain.exam_content import (
    DO_NO_HARM,
    ExamRule,
    Item,
    ItemKind,
    ItemUse,
    Option,
    Speaker,
    Turn,
)

__all__ = [
    "DO_NO_HARM",
    "Contrast",
    "ExamRule",
    "Excerpt",
    "Item",
    "ItemKind",
    "ItemUse",
    "Named",
    "Option",
    "SafetyPage",
    "Speaker",
    "Subtask",
    "SubtaskKind",
    "Turn",
    "Tutorial",
    "TutorialContent",
    "check_taught",
    "exam_items",
    "formative_items",
    "parse_tutorial_content",
]

DEFINITION_WORDS = 60
"""A definition is read at one glance or not at all; the rest belongs in the excerpt's notes."""


class SubtaskKind(StrEnum):
    """What a sub-task teaches."""

    STAGE = "stage"
    STRATEGY = "strategy"


class Excerpt(Entry):
    """A short annotated conversation of invented people."""

    topic: Text
    turns: Annotated[tuple[Turn, ...], Meta(min_length=4, max_length=6)]

    def __post_init__(self) -> None:
        for number, turn in enumerate(self.turns, start=1):
            if turn.speaker is Speaker.SUPPORTER and not (turn.strategy and turn.note):
                raise ValueError(f"the supporter's turn {number} needs a strategy and a note")


class Contrast(Entry):
    """The same moment answered poorly and well."""

    situation: Text
    poor: Text
    poor_why: Text
    good: Text
    good_why: Text


class Subtask(Entry):
    """One page of the tutorial: a stage or a strategy."""

    key: Slug
    kind: SubtaskKind
    title: Text
    definition: Text
    when: Annotated[tuple[Text, ...], Meta(min_length=1)]
    when_not: Annotated[tuple[Text, ...], Meta(min_length=1)]
    excerpt: Excerpt
    contrast: Contrast
    recap: Text
    source: Text

    def __post_init__(self) -> None:
        length_words = len(self.definition.split())
        if length_words > DEFINITION_WORDS:
            raise ValueError(f"the definition has {length_words} words; at most {DEFINITION_WORDS} are read")


class SafetyPage(Entry):
    """A short page outside the eleven sub-tasks."""

    key: Slug
    title: Text
    paragraphs: Annotated[tuple[Text, ...], Meta(min_length=1)]
    points: tuple[Text, ...]
    source: Text


class Tutorial(Entry):
    """The pages in order, and the rule of the exam."""

    language: Language
    source: Text
    subtasks: tuple[Subtask, ...]
    safety_pages: Annotated[tuple[SafetyPage, ...], Meta(min_length=1)]
    exam: ExamRule
    presets: dict[str, ExamRule] = {}
    """Other rules, which a study may choose by name, such as `strict`."""

    def __post_init__(self) -> None:
        refuse_repeats("sub-task", (subtask.key for subtask in self.subtasks))
        refuse_repeats("title", (subtask.title for subtask in self.subtasks))
        refuse_repeats("safety page", (page.key for page in self.safety_pages))
        strategies = {subtask.key for subtask in self.subtasks if subtask.kind is SubtaskKind.STRATEGY}
        for subtask in self.subtasks:
            used = {turn.strategy for turn in subtask.excerpt.turns if turn.strategy is not None}
            if unknown := used - strategies:
                raise ValueError(f"sub-task {subtask.key!r}: {min(unknown)!r} is not a strategy")
        for name, rule in self.rules.items():
            if rule.pass_subtask_correct > rule.questions_per_subtask * len(self.subtasks):
                raise ValueError(f"rule {name!r}: pass_subtask_correct is more than there are questions")

    @property
    def rules(self) -> dict[str, ExamRule]:
        """The usual rule under "exam", and the presets under their names."""
        return {"exam": self.exam, **self.presets}

    def rule(self, preset: str = "") -> ExamRule:
        """Return the named rule, or the usual one for "".

        Raises:
            KeyError: no preset has that name.
        """
        return self.presets[preset] if preset else self.exam


class TutorialContent(Entry):
    """The whole tutorial of a protocol: every rule that needs pages and items side by side is checked here."""

    tutorial: Tutorial
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        refuse_repeats("item key", (item.key for item in self.items))
        refuse_repeats("item stem", (item.stem for item in self.items))
        keys = [subtask.key for subtask in self.tutorial.subtasks]
        for item in self.items:
            if item.subtask not in (*keys, DO_NO_HARM):
                raise ValueError(f"item {item.key!r}: {item.subtask!r} is not a sub-task")
            self._check_names(item)
        for key in keys:
            if not formative_items(self, key):
                raise ValueError(f"sub-task {key!r} has no formative item")
        for name, rule in self.tutorial.rules.items():
            self._check_supply(name, rule)

    def _check_names(self, item: Item) -> None:
        """Refuse a naming item whose options are not titles of sub-tasks of one kind."""
        if item.kind is not ItemKind.NAME_SKILL:
            return
        kinds = {subtask.title: subtask.kind for subtask in self.tutorial.subtasks}
        if unknown := [option.text for option in item.options if option.text not in kinds]:
            raise ValueError(f"item {item.key!r}: {unknown[0]!r} is no sub-task's title")
        if len({kinds[option.text] for option in item.options}) > 1:
            raise ValueError(f"item {item.key!r}: stages and strategies are mixed")

    def _check_supply(self, name: str, rule: ExamRule) -> None:
        """Refuse a rule that needs more exam items than there are."""
        per_subtask = rule.questions_per_subtask * rule.draws
        needed = {subtask.key: per_subtask for subtask in self.tutorial.subtasks}
        needed[DO_NO_HARM] = rule.harm_items * rule.draws
        for key, count in needed.items():
            if (found := len(exam_items(self, key))) < count:
                raise ValueError(f"rule {name!r} needs {count} exam items on {key!r}; there are {found}")


class Named(Protocol):
    """A stage or a strategy of the protocol."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


class _Named(msgspec.Struct, frozen=True):
    key: str
    name: str


class _Document(msgspec.Struct, frozen=True):
    """The part of a protocol's document that this module reads."""

    stages: tuple[_Named, ...]
    strategies: tuple[_Named, ...]
    tutorial: Tutorial
    items: tuple[Item, ...]


def parse_tutorial_content(document: Mapping[str, Any]) -> TutorialContent:
    """Return the tutorial of a protocol's document; keys that belong to other parts are left alone.

    Raises:
        ProtocolInvalid: a key is missing or unknown, or a rule of this module is broken. The message ends with
            the path of the entry where there is one, such as `$.items[3]`.
    """
    try:
        own = msgspec.convert(document, _Document)
        content = TutorialContent(tutorial=own.tutorial, items=own.items)
    except ValueError as error:
        raise ProtocolInvalid(str(error)) from error
    check_taught(content.tutorial, stages=own.stages, strategies=own.strategies)
    return content


def check_taught(tutorial: Tutorial, *, stages: Sequence[Named], strategies: Sequence[Named]) -> None:
    """Refuse a tutorial that does not teach exactly the protocol's stages and strategies, in their order.

    Raises:
        ProtocolInvalid: a sub-task is missing, superfluous, out of order, or not titled as the chat names it.
    """
    taught = [(subtask.kind, subtask.key, subtask.title) for subtask in tutorial.subtasks]
    expected = [(SubtaskKind.STAGE, entry.key, entry.name) for entry in stages]
    expected += [(SubtaskKind.STRATEGY, entry.key, entry.name) for entry in strategies]
    for got, wanted in zip_longest(taught, expected):
        if got != wanted:
            raise ProtocolInvalid(
                f"The tutorial teaches {got}; the protocol has {wanted} - at `$.tutorial.subtasks`"
            )


def formative_items(content: TutorialContent, subtask: str) -> tuple[Item, ...]:
    """Return the quiz of one sub-task, or of `do_no_harm`, in the order of the protocol."""
    return _items(content, subtask, ItemUse.FORMATIVE)


def exam_items(content: TutorialContent, subtask: str) -> tuple[Item, ...]:
    """Return the exam items of one sub-task, or of `do_no_harm`, in the order of the protocol."""
    return _items(content, subtask, ItemUse.EXAM)


def _items(content: TutorialContent, subtask: str, use: ItemUse) -> tuple[Item, ...]:
    return tuple(item for item in content.items if item.subtask == subtask and item.use is use)
