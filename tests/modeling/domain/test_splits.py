"""Splits: by conversation, reproducible, never overlapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeling.domain.splits import Part, SplitRule, divide
from modeling.errors import EmptySplit


@given(st.integers(0, 400), st.sampled_from(SplitRule), st.integers(0, 5))
def test_every_conversation_is_in_exactly_one_part(n: int, rule: SplitRule, seed: int) -> None:
    split = divide(n, rule=rule, seed=seed)
    assert sorted(split.train + split.valid + split.test) == list(range(n))


def test_the_papers_proportions_give_the_sizes_of_its_corpus() -> None:
    split = divide(1053, rule=SplitRule.PAPER, seed=42)
    assert (len(split.train), len(split.valid), len(split.test)) == (632, 211, 210)


def test_seed_13_gives_the_published_division_of_1300() -> None:
    split = divide(1300, rule=SplitRule.REIMPLEMENTATION, seed=13)
    assert (len(split.train), len(split.valid), len(split.test)) == (910, 195, 195)
    assert split.train[:10] == tuple(range(10))
    assert 12 in split.test
    assert 14 in split.valid


def test_the_same_seed_divides_the_same_way_and_another_does_not() -> None:
    one, same, other = (divide(50, rule=SplitRule.PAPER, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_part_without_conversations_is_refused() -> None:
    with pytest.raises(EmptySplit, match="test part of the split is empty: 1 conversations"):
        divide(1, rule=SplitRule.PAPER, seed=0).part(Part.TEST)
