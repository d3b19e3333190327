"""Mark an attempt. The result names the sub-tasks to read again and never says which option was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from study.domain.exam_content import DO_NO_HARM, ExamRule, Item
from tutorial.domain.drawing import DrawnItem
from tutorial.domain.errors import AnswersMissing, AnswerUnknown


@dataclass(frozen=True, slots=True)
class PartScore:
    """Right answers in one part of the exam."""

    subtask: str
    """The key of a sub-task, or `do_no_harm`."""
    correct: int
    asked: int


@dataclass(frozen=True, slots=True)
class Result:
    """A marked attempt."""

    parts: tuple[PartScore, ...]
    """One for each sub-task that was asked about, and one for do-no-harm."""
    correct_by_item: Mapping[str, bool]
    """For the statistics of the items; stays on the server."""
    passed: bool

    @property
    def subtask_correct(self) -> int:
        """Right answers among the sub-tasks' questions."""
        return sum(part.correct for part in self.parts if part.subtask != DO_NO_HARM)

    @property
    def harm_correct(self) -> int:
        """Right answers among the do-no-harm questions."""
        return sum(part.correct for part in self.parts if part.subtask == DO_NO_HARM)

    @property
    def reread(self) -> tuple[str, ...]:
        """The parts in which an answer was wrong."""
        return tuple(part.subtask for part in self.parts if part.correct < part.asked)


def correct_position(item: Item, option_order: Sequence[int]) -> int:
    """Return where the correct option is shown, 1 for the first place."""
    return next(
        position for position, index in enumerate(option_order, start=1) if item.options[index].correct
    )


def mark(
    drawn: Sequence[DrawnItem],
    answers: Mapping[str, int],
    rule: ExamRule,
    *,
    items: Mapping[str, Item],
) -> Result:
    """Return the result of an attempt.

    `answers` maps the key of each drawn item to the place (1 for the first) of the chosen option as shown;
    `items` maps keys to the items of the attempt's own protocol version.

    Raises:
        AnswersMissing: a question has no answer; the sentence names the questions' numbers.
        AnswerUnknown: an answer is no place of its question.
    """
    missing = [str(number) for number, one in enumerate(drawn, start=1) if one.item_key not in answers]
    if missing:
        raise AnswersMissing(
            f"Please answer every question before you hand in. Missing: {', '.join(missing)}."
        )
    correct_by_item: dict[str, bool] = {}
    for one in drawn:
        answer = answers[one.item_key]
        if not 1 <= answer <= len(one.option_order):
            raise AnswerUnknown
        correct_by_item[one.item_key] = answer == correct_position(items[one.item_key], one.option_order)
    parts = tuple(_parts(drawn, correct_by_item))
    result = Result(parts=parts, correct_by_item=correct_by_item, passed=False)
    passed = (
        result.subtask_correct >= rule.pass_subtask_correct and result.harm_correct >= rule.pass_harm_correct
    )
    return Result(parts=parts, correct_by_item=correct_by_item, passed=passed)


def _parts(drawn: Sequence[DrawnItem], correct_by_item: Mapping[str, bool]) -> list[PartScore]:
    verdicts: dict[str, list[bool]] = {}
    for one in drawn:
        verdicts.setdefault(one.subtask, []).append(correct_by_item[one.item_key])
    return [PartScore(subtask, sum(own), len(own)) for subtask, own in verdicts.items()]
