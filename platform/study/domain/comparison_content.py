"""What participants of a comparison are asked, and how their partners are called.

Source: Liu et al. 2021, §6.5 and Table 5: five aspects, each with win, lose and tie.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from study.domain.content import Entry, Slug, Text, refuse_repeats


class ComparisonQuestion(Entry):
    """One aspect on which the two conversations are compared."""

    key: Slug
    name: Text
    """As in the table of the results."""
    text: Text
    """As the participant is asked."""


class Comparison(Entry):
    """Two conversations of one participant, then the questions. A protocol without it has one conversation."""

    partners: tuple[Text, Text]
    """Neutral names of the first and the second partner."""
    question: Text
    """Above all of the questions."""
    first: Text
    second: Text
    same: Text
    """The three answers to each question."""
    questions: Annotated[tuple[ComparisonQuestion, ...], Meta(min_length=1)]
    source: Text

    def __post_init__(self) -> None:
        refuse_repeats("comparison question", (question.key for question in self.questions))
        refuse_repeats("comparison question", (question.name for question in self.questions))
        refuse_repeats("partner", self.partners)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The answers as (key, words)."""
        return (("first", self.first), ("second", self.second), ("same", self.same))
