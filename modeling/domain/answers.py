"""What one participant of a comparison chose: the rows that a campaign's results are made of.

Source: Liu et al. 2021, §6.5: win, lose or tie on each of five aspects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """What a participant chose on a question."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a completed pair."""

    pair: str
    """The pair's number; no name."""
    question: str
    choice: Choice
    first: str
    """The agent of the first conversation."""
    second: str
    problem: str = ""
    emotion: str = ""

    @property
    def chosen(self) -> str:
        """The agent that was preferred; empty for about the same."""
        return {Choice.FIRST: self.first, Choice.SECOND: self.second}.get(self.choice, "")
