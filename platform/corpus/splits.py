"""Divides a corpus into training, validation and test parts, by conversation and reproducibly.

Source: Liu et al. 2021, §6.1 (6:2:2). Their seed is not known; ours is part of the release.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from corpus.record import Conversation


class Split(StrEnum):
    """The parts, as `datasets` names them."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Grouping(StrEnum):
    """Which conversations must stay in one part."""

    NONE = "none"
    """Each conversation stands for itself, as in the paper."""
    SEEKER = "seeker"
    """All conversations of one seeker together."""
    SUPPORTER = "supporter"
    """All conversations of one supporter together."""
    WORKERS = "workers"
    """All conversations that share either side, also through others: nobody is in two parts."""


RATIOS = (6, 2, 2)
DEFAULT_SEED = 13


def split_sizes(n: int, *, ratios: Sequence[int] = RATIOS) -> list[int]:
    """Return the sizes of the parts of `n`: rounded down, what is left to the largest remainders.

    1,053 conversations give 632, 211 and 210, the sizes of the paper's own files.
    """
    total = sum(ratios)
    sizes = [n * ratio // total for ratio in ratios]
    by_remainder = sorted(range(len(ratios)), key=lambda part: (-(n * ratios[part] % total), part))
    for part in by_remainder[: n - sum(sizes)]:
        sizes[part] += 1
    return sizes


def assign_splits(
    conversations: Iterable[Conversation],
    *,
    seed: int = DEFAULT_SEED,
    ratios: Sequence[int] = RATIOS,
    grouping: Grouping = Grouping.NONE,
) -> list[Split]:
    """Return the part of each conversation, in order.

    Groups are kept whole, so with grouping the sizes are only near the ratios; conversations without the
    pseudonym in question stand for themselves.
    """
    groups = group_conversations(conversations, grouping=grouping)
    order = list(groups)
    random.Random(seed).shuffle(order)  # noqa: S311 - a split has to be repeatable, not secret
    # Large groups first: a late one would overshoot whatever part it falls into. Equal sizes stay shuffled.
    order.sort(key=len, reverse=True)
    room = split_sizes(sum(map(len, order)), ratios=ratios)
    parts: dict[int, Split] = {}
    for group in order:
        part = _roomiest(room, len(group)) if grouping is not Grouping.NONE else _first_with_room(room)
        room[part] -= len(group)
        parts.update(dict.fromkeys(group, list(Split)[part]))
    return [parts[index] for index in range(len(parts))]


def _first_with_room(room: Sequence[int]) -> int:
    return next(part for part, left in enumerate(room) if left > 0)


def _roomiest(room: Sequence[int], size: int) -> int:
    """Return the part that is left with the most room, so that none overshoots by more than it must."""
    return max(range(len(room)), key=lambda part: (room[part] - size, -part))


def group_conversations(
    conversations: Iterable[Conversation], *, grouping: Grouping = Grouping.NONE
) -> list[tuple[int, ...]]:
    """Return the indices of the conversations that must stay together, each index once."""
    groups = _Groups()
    for index, conversation in enumerate(conversations):
        groups.add(index, _ties(conversation, grouping))
    return groups.members()


def _ties(conversation: Conversation, grouping: Grouping) -> list[tuple[str, str]]:
    """Return the names that tie a conversation to others. A pseudonym is one person on either side."""
    names = {
        Grouping.NONE: (),
        Grouping.SEEKER: (("seeker", conversation.seeker_id),),
        Grouping.SUPPORTER: (("supporter", conversation.supporter_id),),
        Grouping.WORKERS: (("worker", conversation.seeker_id), ("worker", conversation.supporter_id)),
    }[grouping]
    return [(kind, name) for kind, name in names if name is not None]


class _Groups:
    """Disjoint sets of indices, joined by shared names (union by path halving)."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._owner: dict[tuple[str, str], int] = {}

    def add(self, index: int, ties: Iterable[tuple[str, str]]) -> None:
        self._parent.append(index)
        for tie in ties:
            first = self._owner.setdefault(tie, index)
            self._parent[self._root(index)] = self._root(first)

    def _root(self, index: int) -> int:
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def members(self) -> list[tuple[int, ...]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            found[self._root(index)].append(index)
        return [tuple(group) for group in found.values()]
