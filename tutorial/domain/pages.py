"""The tutorial as pages: the sub-tasks and the safety pages in order, each with its quiz."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from study.domain.exam_content import DO_NO_HARM, Item, ItemUse
from study.domain.protocol import Protocol
from study.domain.tutorial_content import SafetyPage, Subtask
from tutorial.domain.drawing import shuffled_order
from tutorial.domain.errors import PageUnknown, QuestionUnknown


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the tutorial."""

    key: str
    title: str
    content: Subtask | SafetyPage
    quiz: tuple[Item, ...]
    """Formative items; each must be answered right to finish the page."""

    @property
    def is_safety(self) -> bool:
        """Whether it is one of the pages outside the sub-tasks."""
        return isinstance(self.content, SafetyPage)

    def question(self, number: int) -> Item:
        """Return a question of the page's quiz by its number, 1 first.

        Raises:
            QuestionUnknown: the quiz has no such question.
        """
        if not 1 <= number <= len(self.quiz):
            raise QuestionUnknown
        return self.quiz[number - 1]


def tutorial_pages(protocol: Protocol) -> tuple[Page, ...]:
    """Return the pages in the order of reading: sub-tasks, then safety pages.

    The formative do-no-harm items belong to all safety pages together; they are dealt out to them in order.
    """
    quizzes: dict[str, list[Item]] = {}
    for item in protocol.items:
        if item.use is ItemUse.FORMATIVE:
            quizzes.setdefault(item.subtask, []).append(item)
    safety = protocol.tutorial.safety_pages
    harm = quizzes.get(DO_NO_HARM, [])
    return (
        *(Page(s.key, s.title, s, tuple(quizzes.get(s.key, ()))) for s in protocol.tutorial.subtasks),
        *(Page(s.key, s.title, s, tuple(harm[place :: len(safety)])) for place, s in enumerate(safety)),
    )


def find_page(protocol: Protocol, key: str) -> Page:
    """Return a page by its key.

    Raises:
        PageUnknown: the tutorial has no such page.
    """
    for page in tutorial_pages(protocol):
        if page.key == key:
            return page
    raise PageUnknown


def quiz_order(item: Item, *, reader: str) -> tuple[int, ...]:
    """Return the order in which a formative item's options are shown to one reader, always the same."""
    seed = hashlib.sha256(f"{reader}:{item.key}".encode()).digest()
    return shuffled_order(len(item.options), rng=random.Random(seed))  # noqa: S311 - an order, no secret
