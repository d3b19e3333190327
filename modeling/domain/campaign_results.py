"""Everything that a campaign's answers say: Table 5, by problem and feeling, the effect of the order, the ranking.

An answer is one participant's choice on one question. Only completed pairs come in here.
Source: Liu et al. 2021, §6.5 and Table 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from modeling.domain.answers import Answer, Choice
from modeling.domain.bradley_terry import Ranking, as_document, ranking
from modeling.domain.comparison import Outcome, Preference, compare
from modeling.domain.significance import sign_test


def outcome_of(answer: Answer, one: str) -> Outcome:
    """Return what the answer says of agent `one`."""
    if not answer.chosen:
        return Outcome.TIE
    return Outcome.WIN if answer.chosen == one else Outcome.LOSE


@dataclass(frozen=True, slots=True)
class OrderEffect:
    """Whether the place in the order was preferred, whoever stood there."""

    first: int
    second: int
    same: int
    p: float
    """Two-sided exact sign test of first against second."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One agent against another."""

    one: str
    other: str
    pairs: int
    one_first: int
    """Pairs in which `one` came first."""
    table: dict[str, Preference]
    by_problem: dict[str, dict[str, Preference]]
    by_emotion: dict[str, dict[str, Preference]]


@dataclass(frozen=True, slots=True)
class Results:
    """A campaign's results."""

    comparisons: tuple[Comparison, ...]
    order: dict[str, OrderEffect]
    ranking: dict[str, Ranking | None]
    """By question; empty for two agents, where it would say what the table says."""

    def document(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "comparisons": [asdict(c) for c in self.comparisons],
            "order_effect": {q: asdict(effect) for q, effect in self.order.items()},
            "bradley_terry": as_document(self.ranking),
        }


def results_of(answers: Sequence[Answer], *, agents: Sequence[str], questions: Sequence[str]) -> Results:
    """Return the results. `agents` in the order of the campaign: the earlier one is the system under test."""
    comparisons = [
        _comparison(one, other, between, questions)
        for index, one in enumerate(agents)
        for other in agents[index + 1 :]
        if (between := [a for a in answers if {a.first, a.second} == {one, other}])
    ]
    asked = [q for q in questions if any(a.question == q for a in answers)]
    return Results(
        comparisons=tuple(comparisons),
        order={q: _order(a for a in answers if a.question == q) for q in asked},
        ranking={q: _ranking(agents, answers, q) for q in asked} if len(agents) > 2 else {},
    )


def _comparison(one: str, other: str, answers: Sequence[Answer], questions: Sequence[str]) -> Comparison:
    firsts = {a.pair: a.first for a in answers}
    return Comparison(
        one=one,
        other=other,
        pairs=len(firsts),
        one_first=sum(first == one for first in firsts.values()),
        table=_table(one, answers, questions),
        by_problem=_by("problem", one, answers, questions),
        by_emotion=_by("emotion", one, answers, questions),
    )


def _table(one: str, answers: Iterable[Answer], questions: Sequence[str]) -> dict[str, Preference]:
    found = compare((a.question, outcome_of(a, one)) for a in answers)
    return {q: found[q] for q in questions if q in found}


def _by(
    name: str, one: str, answers: Sequence[Answer], questions: Sequence[str]
) -> dict[str, dict[str, Preference]]:
    values = sorted({getattr(a, name) for a in answers} - {""})
    return {v: _table(one, [a for a in answers if getattr(a, name) == v], questions) for v in values}


def _order(answers: Iterable[Answer]) -> OrderEffect:
    choices = [a.choice for a in answers]
    first, second = choices.count(Choice.FIRST), choices.count(Choice.SECOND)
    return OrderEffect(
        first=first, second=second, same=choices.count(Choice.SAME), p=sign_test(first, second)
    )


_SCORE = {Choice.FIRST: 1.0, Choice.SECOND: 0.0, Choice.SAME: 0.5}


def _ranking(agents: Sequence[str], answers: Sequence[Answer], question: str) -> Ranking | None:
    return ranking(agents, ((a.first, a.second, _SCORE[a.choice]) for a in answers if a.question == question))
