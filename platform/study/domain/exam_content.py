"""Items of the quiz and the exam, and the rule by which an exam is drawn and passed.

Source: Liu et al. 2021, §4.1 (supporters pass an exam); the rule and all items are this project's own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from study.domain.content import Count, Entry, Slug, Text, refuse_repeats

DO_NO_HARM = "do_no_harm"
"""The group of items that belongs to the safety pages; outside the sub-tasks."""


class Speaker(StrEnum):
    """Whose line it is."""

    SEEKER = "seeker"
    SUPPORTER = "supporter"


class ItemKind(StrEnum):
    """What an item asks for."""

    CHOOSE_REPLY = "choose_reply"
    """Which reply shows the skill?"""
    NAME_SKILL = "name_skill"
    """Which skill, or which stage, is this reply? The options are titles of sub-tasks."""
    CHOOSE_NEXT = "choose_next"
    """What is best done next?"""
    SPOT_HARMFUL = "spot_harmful"
    """Which reply does harm? Here the correct option is the harmful one."""
    ORDER_STAGES = "order_stages"
    """In which order do these lines follow the stages?"""


class ItemUse(StrEnum):
    """Where an item is asked. No item is asked in both places."""

    FORMATIVE = "formative"
    """After a page, with feedback and as many tries as wanted."""
    EXAM = "exam"


class Turn(Entry):
    """One message of an excerpt."""

    speaker: Speaker
    text: Text
    strategy: str | None = None
    """Key of the strategy shown beside the line; only a supporter's line has one."""
    note: str = ""
    """What the supporter does here and why; shown as an annotation."""

    def __post_init__(self) -> None:
        if self.strategy is not None and self.speaker is Speaker.SEEKER:
            raise ValueError("a seeker's turn has no strategy")


class ExamRule(Entry):
    """How an attempt is drawn and when it is passed."""

    questions_per_subtask: Annotated[int, Meta(ge=1)]
    harm_items: Count
    """Do-no-harm items per attempt."""
    pass_subtask_correct: Count
    """Right answers needed among the sub-tasks' questions."""
    pass_harm_correct: Count
    """Right answers needed among the do-no-harm items."""
    attempts: Annotated[int, Meta(ge=1)]
    min_seconds_per_item: Count
    """An answer given sooner is noted as hurried. It counts all the same."""
    disjoint_attempts: bool
    """Whether a later attempt may repeat no item of an earlier one."""
    qualification_days: Annotated[int, Meta(ge=1)]
    """Days for which a passed exam admits to conversations."""
    source: Text

    def __post_init__(self) -> None:
        if self.pass_harm_correct > self.harm_items:
            raise ValueError("pass_harm_correct is more than harm_items")

    @property
    def draws(self) -> int:
        """How many attempts one participant's items must suffice for."""
        return self.attempts if self.disjoint_attempts else 1


class Option(Entry):
    """One answer and what is said to whoever chose it."""

    text: Text
    correct: bool
    feedback: Text
    """Why it is, or is not, the skill. Exam feedback is shown after the attempt only."""


class Item(Entry):
    """One question of the quiz or of the exam."""

    key: Slug
    subtask: Slug
    """Key of the sub-task it belongs to, or `do_no_harm`."""
    kind: ItemKind
    use: ItemUse
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    """1 easy, 2 middling, 3 hard: the author's guess until answers have been collected."""
    confusion: Text
    """What a wrong answer mistakes for what; read by researchers, never shown."""
    stem: Text
    options: Annotated[tuple[Option, ...], Meta(min_length=3, max_length=4)]
    source: Text
    excerpt: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        if (correct := sum(option.correct for option in self.options)) != 1:
            raise ValueError(f"item {self.key!r}: exactly one option is correct, not {correct}")
        refuse_repeats(f"item {self.key!r}: option", (option.text for option in self.options))
        if any(turn.strategy or turn.note for turn in self.excerpt):
            raise ValueError(
                f"item {self.key!r}: a strategy or note in the excerpt would give the answer away"
            )

    @property
    def answer(self) -> Option:
        """The correct option. It stays on the server until the attempt is over."""
        return next(option for option in self.options if option.correct)
