"""Table 5 from a file of answers: which of two systems people preferred, question by question.

A file holds one answer a row (CSV with a header, a JSON list, or JSON lines): the `question`, and the `answer`, which
is `win`, `lose` or `tie` of the system under test; or `first`, `second` or `same`, together with `shown_first`,
`true` where the system under test was the first one.
Source: Liu et al. 2021, §6.4, §6.5 and Table 5.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modeling.domain.significance import holm, mark, sign_test, win_interval
from modeling.errors import ScoresUnusable


class Outcome(StrEnum):
    """What one answer says of the system under test."""

    WIN = "win"
    LOSE = "lose"
    TIE = "tie"


_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no"}


@dataclass(frozen=True, slots=True)
class Preference:
    """The answers to one question."""

    win: int
    lose: int
    tie: int
    p: float
    """Two-sided exact sign test without ties."""
    p_holm: float
    """`p` adjusted over the questions."""
    share_low: float
    """Lower end of the 95 % interval of the share of wins among decided answers."""
    share_high: float

    @property
    def mark(self) -> str:
        """The paper's mark: † below .1, ‡ below .05."""
        return mark(self.p)


def compare(answers: Iterable[tuple[str, Outcome]]) -> dict[str, Preference]:
    """Return each question's counts and tests, in the order in which the questions first occur.

    Raises:
        ScoresUnusable: there is no answer.
    """
    counts: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    for question, outcome in answers:
        counts[question][outcome] += 1
    if not counts:
        raise ScoresUnusable("The file holds no answer; expected rows of question and answer.")
    ps = {q: sign_test(c[Outcome.WIN], c[Outcome.LOSE]) for q, c in counts.items()}
    adjusted = holm(ps)
    return {q: _preference(c, p=ps[q], p_holm=adjusted[q]) for q, c in counts.items()}


def _preference(counts: Counter[Outcome], *, p: float, p_holm: float) -> Preference:
    low, high = win_interval(counts[Outcome.WIN], counts[Outcome.LOSE])
    return Preference(
        win=counts[Outcome.WIN],
        lose=counts[Outcome.LOSE],
        tie=counts[Outcome.TIE],
        p=p,
        p_holm=p_holm,
        share_low=low,
        share_high=high,
    )


def parse_answers(text: str) -> list[tuple[str, Outcome]]:
    """Read a file of answers in any of its forms.

    Raises:
        ScoresUnusable: a row is not an answer; the sentence names the row.
    """
    return [_answer(row, number) for number, row in enumerate(_rows(text), start=1)]


def _rows(text: str) -> Sequence[Mapping[str, object]]:
    stripped = text.lstrip("\ufeff").strip()
    try:
        if stripped.startswith("["):
            rows = json.loads(stripped)
        elif stripped.startswith("{"):
            rows = [json.loads(line) for line in stripped.splitlines() if line.strip()]
        else:
            rows = list(csv.DictReader(io.StringIO(stripped)))
    except ValueError as error:
        raise ScoresUnusable(f"The file of answers is no JSON: {error}.") from error
    if not all(isinstance(row, dict) for row in rows):
        raise ScoresUnusable("The file of answers must hold objects with `question` and `answer`.")
    return list(rows)


def _answer(row: Mapping[str, object], number: int) -> tuple[str, Outcome]:
    question = str(row.get("question") or "").strip()
    answer = str(row.get("answer") or "").strip().lower()
    if not question or not answer:
        raise ScoresUnusable(f"Answer {number} lacks `question` or `answer`.")
    if answer in set(Outcome):
        return question, Outcome(answer)
    if answer == "same":
        return question, Outcome.TIE
    if answer in {"first", "second"}:
        return question, Outcome.WIN if (answer == "first") == _shown_first(row, number) else Outcome.LOSE
    raise ScoresUnusable(f"Answer {number} is {answer!r}; expected win, lose, tie, first, second or same.")


def _shown_first(row: Mapping[str, object], number: int) -> bool:
    value = str(row.get("shown_first", "")).strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ScoresUnusable(
        f"Answer {number} names the {row.get('answer')} system; `shown_first` must say whether the system under test "
        "was the first (true or false)."
    )
