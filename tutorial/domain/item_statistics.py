"""How well the items of the exam do their work, computed from marked attempts.

Classical test theory: difficulty is the share of right answers, discrimination the correlation of an item
with the rest of the exam in which it was asked (so that an item is not compared with itself).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One marked answer in one attempt."""

    attempt_id: int
    item_key: str
    correct: bool
    seconds: float
    """From the first showing of the question to the first answer."""
    at: datetime
    """When the attempt was handed in."""


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What the answers to one item say about it. None where there are too few answers to say anything."""

    item_key: str
    n: int
    difficulty: float
    """Share of right answers: 1 is the easiest."""
    discrimination: float | None
    """Correlation (-1 to 1) of the item with the share right among the attempt's other items.
    None without variation on either side."""
    median_seconds: float
    hurried_share: float
    """Share of answers sooner than the protocol's least time."""
    drift: float | None
    """Share right in the later half of the answers minus the share in the earlier half: a rise may be a leak."""


def item_statistics(answers: Iterable[Answer], *, min_seconds: float) -> list[ItemStatistics]:
    """Return the statistics of every item that was answered, in the order of the items' keys."""
    by_item: dict[str, list[Answer]] = {}
    by_attempt: dict[int, list[Answer]] = {}
    for answer in answers:
        by_item.setdefault(answer.item_key, []).append(answer)
        by_attempt.setdefault(answer.attempt_id, []).append(answer)
    totals = {key: (sum(a.correct for a in own), len(own)) for key, own in by_attempt.items()}
    return [_statistics(key, by_item[key], totals, min_seconds) for key in sorted(by_item)]


def _statistics(
    key: str, answers: Sequence[Answer], totals: dict[int, tuple[int, int]], min_seconds: float
) -> ItemStatistics:
    in_time = sorted(answers, key=lambda a: (a.at, a.attempt_id))
    return ItemStatistics(
        item_key=key,
        n=len(answers),
        difficulty=_share(answers),
        discrimination=_discrimination(answers, totals),
        median_seconds=statistics.median(a.seconds for a in answers),
        hurried_share=sum(a.seconds < min_seconds for a in answers) / len(answers),
        drift=_drift(in_time),
    )


def _discrimination(answers: Sequence[Answer], totals: dict[int, tuple[int, int]]) -> float | None:
    pairs = []
    for answer in answers:
        correct, asked = totals[answer.attempt_id]
        if asked > 1:
            pairs.append((float(answer.correct), (correct - answer.correct) / (asked - 1)))
    if len({own for own, _rest in pairs}) < 2 or len({rest for _own, rest in pairs}) < 2:
        return None
    return statistics.correlation([own for own, _rest in pairs], [rest for _own, rest in pairs])


def _drift(in_time: Sequence[Answer]) -> float | None:
    half = len(in_time) // 2
    if half == 0:
        return None
    # With an odd number the middle answer belongs to neither half.
    return _share(in_time[-half:]) - _share(in_time[:half])


def _share(answers: Sequence[Answer]) -> float:
    return sum(answer.correct for answer in answers) / len(answers)
