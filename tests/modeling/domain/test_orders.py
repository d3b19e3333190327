"""Orders are balanced in every block, repeatable, and differ by seed."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from modeling.domain.orders import Order, block_orders, order_of
from modeling.errors import CampaignInvalid


@pytest.mark.parametrize(("arms", "block_size"), [(2, 2), (2, 4), (2, 20), (3, 6), (3, 12), (4, 12)])
def test_every_block_holds_every_order_equally_often(arms: int, block_size: int) -> None:
    for number in range(8):
        counts = Counter(block_orders(number, arms=arms, block_size=block_size, seed=7))
        assert set(counts) == {Order(*pair) for pair in permutations(range(arms), 2)}
        assert len(set(counts.values())) == 1


def test_a_place_always_gives_the_same_order() -> None:
    whole = [order for n in range(5) for order in block_orders(n, arms=3, block_size=6, seed=3)]
    assert [order_of(p, arms=3, block_size=6, seed=3) for p in range(30)] == whole


def test_another_seed_gives_another_sequence() -> None:
    def sequence(seed: int) -> list[Order]:
        return [order_of(p, arms=2, block_size=4, seed=seed) for p in range(40)]

    assert sequence(1) != sequence(2)
    assert sequence(1) == sequence(1)


def test_the_first_place_of_a_block_is_not_always_the_same_order() -> None:
    assert len({block_orders(n, arms=2, block_size=4, seed=1)[0] for n in range(30)}) == 2


@pytest.mark.parametrize(("arms", "block_size"), [(1, 2), (0, 2), (2, 0), (2, 3), (3, 4), (2, 202), (2, -2)])
def test_a_block_that_cannot_be_balanced_is_refused(arms: int, block_size: int) -> None:
    with pytest.raises(CampaignInvalid):
        order_of(0, arms=arms, block_size=block_size, seed=1)
