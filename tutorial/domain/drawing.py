"""Draw an exam from the item bank: which questions, in which order, with their options in which order.

Everything follows from the seed, so a stored attempt can be drawn again and compared.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from study.domain.exam_content import DO_NO_HARM, ExamRule, Item, ItemUse


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One question of an attempt, as it is shown."""

    item_key: str
    subtask: str
    """Its part of the exam: the key of a sub-task, or `do_no_harm`."""
    option_order: tuple[int, ...]
    """Indices into the item's options; the first is shown first."""


@dataclass(frozen=True, slots=True)
class DrawnExam:
    """The questions of one attempt in the order in which they are asked."""

    seed: int
    items: tuple[DrawnItem, ...]


def draw(items: Sequence[Item], rule: ExamRule, seed: int, *, exclude: Collection[str] = ()) -> DrawnExam:
    """Return the exam that `seed` draws: the rule's number of exam items of each sub-task, and of do-no-harm.

    Questions are shuffled over the whole exam, since their place would otherwise name the skill.
    Items whose keys are in `exclude` come only when a part has no others left. A protocol is refused when
    its bank cannot give disjoint attempts, so this happens only to somebody who met another version's items.

    Raises:
        ValueError: a part has fewer exam items than the rule asks for.
    """
    # Not for secrets: whoever knew the seed would need the item bank too, and neither leaves the server.
    rng = random.Random(seed)  # noqa: S311
    pools: dict[str, list[Item]] = {DO_NO_HARM: []}
    for item in items:
        if item.use is ItemUse.EXAM:
            pools.setdefault(item.subtask, []).append(item)
    chosen: list[Item] = []
    for subtask, pool in pools.items():
        count = rule.harm_items if subtask == DO_NO_HARM else rule.questions_per_subtask
        chosen += _choose(pool, count, rng=rng, exclude=exclude)
    rng.shuffle(chosen)
    return DrawnExam(
        seed=seed,
        items=tuple(
            DrawnItem(item.key, item.subtask, shuffled_order(len(item.options), rng=rng)) for item in chosen
        ),
    )


def shuffled_order(count: int, *, rng: random.Random) -> tuple[int, ...]:
    """Return the indices 0 to `count - 1` in a random order."""
    return tuple(rng.sample(range(count), count))


def _choose(pool: Sequence[Item], count: int, *, rng: random.Random, exclude: Collection[str]) -> list[Item]:
    if len(pool) < count:
        raise ValueError(f"{count} exam items are asked for, and there are {len(pool)}")
    fresh = [item for item in pool if item.key not in exclude]
    if len(fresh) >= count:
        return rng.sample(fresh, count)
    seen = [item for item in pool if item.key in exclude]
    return fresh + rng.sample(seen, count - len(fresh))
