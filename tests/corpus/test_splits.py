from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.record import Conversation
from corpus.splits import Grouping, Split, assign_splits, group_conversations, split_sizes
from tests.corpus.factories import make_conversation


def made(*sides: tuple[str | None, str | None]) -> list[Conversation]:
    return [
        replace(make_conversation(), seeker_id=seeker, supporter_id=supporter) for seeker, supporter in sides
    ]


@pytest.mark.parametrize(
    ("n", "sizes"),
    [
        (1053, [632, 211, 210]),
        (1300, [780, 260, 260]),
        (10, [6, 2, 2]),
        (1, [1, 0, 0]),
        (3, [2, 1, 0]),
        (0, [0, 0, 0]),
    ],
)
def test_sizes_follow_the_ratio(n: int, sizes: list[int]) -> None:
    assert split_sizes(n) == sizes


def test_the_split_is_exact_repeatable_and_seeded() -> None:
    conversations = made(*[(None, None)] * 53)
    first = assign_splits(conversations, seed=1)
    assert Counter(first) == dict(zip(Split, split_sizes(53), strict=True))
    assert assign_splits(conversations, seed=1) == first
    assert assign_splits(conversations, seed=2) != first


def test_the_split_of_a_seed_never_changes() -> None:
    letters = "".join(
        split[0] if split != "test" else "x" for split in assign_splits(made(*[(None, None)] * 12))
    )
    assert letters == "ttvvxttttvtx"


SIDES = st.lists(
    st.tuples(*[st.none() | st.integers(0, 6).map(lambda n: f"p{n}")] * 2), min_size=1, max_size=30
)


@given(sides=SIDES, seed=st.integers(0, 3))
def test_with_workers_grouped_nobody_is_in_two_parts(
    sides: list[tuple[str | None, str | None]], seed: int
) -> None:
    conversations = made(*sides)
    parts = assign_splits(conversations, seed=seed, grouping=Grouping.WORKERS)
    assert len(parts) == len(conversations)
    where: dict[str, set[Split]] = {}
    for part, pair in zip(parts, sides, strict=True):
        for name in pair:
            if name is not None:
                where.setdefault(name, set()).add(part)
    assert all(len(found) == 1 for found in where.values())


def test_grouping_by_one_side_ties_that_side_only() -> None:
    conversations = made(("a", "x"), ("b", "x"), ("a", "y"), ("x", "z"), (None, None), (None, None))
    assert group_conversations(conversations, grouping=Grouping.SEEKER) == [(0, 2), (1,), (3,), (4,), (5,)]
    assert group_conversations(conversations, grouping=Grouping.SUPPORTER) == [(0, 1), (2,), (3,), (4,), (5,)]
    assert group_conversations(conversations, grouping=Grouping.WORKERS) == [(0, 1, 2, 3), (4,), (5,)]
    assert len(group_conversations(conversations)) == 6


def test_groups_come_near_the_ratio() -> None:
    conversations = made(*[(f"s{n}", f"p{n // 4}") for n in range(400)])
    sizes = Counter(assign_splits(conversations, grouping=Grouping.SUPPORTER))
    assert sizes == {Split.TRAIN: 240, Split.VALIDATION: 80, Split.TEST: 80}
