"""Which two agents a participant talks with, and which of them first: drawn in balanced blocks before anybody comes.

A block holds every ordered pair of arms equally often, in an order drawn from the campaign's seed. A place in the
sequence always gives the same order, so it can be computed again and checked.
Source: permuted blocks, Matts and Lachin 1988. The paper does not say how it ordered the two chats (§6.5).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import permutations

from modeling.errors import CampaignInvalid

LARGEST_BLOCK = 200


@dataclass(frozen=True, slots=True)
class Order:
    """The arms, by number, of one participant's two conversations."""

    first: int
    second: int


def block_unit(arms: int) -> int:
    """Return how many ordered pairs there are; a block is a multiple of it.

    Raises:
        CampaignInvalid: there are fewer than two arms.
    """
    if arms < 2:
        raise CampaignInvalid("A comparison needs two partners or more.")
    return arms * (arms - 1)


def check_block(arms: int, block_size: int) -> None:
    """Check that a block can be balanced exactly.

    Raises:
        CampaignInvalid: it cannot, or there are fewer than two arms.
    """
    unit = block_unit(arms)
    if not 0 < block_size <= LARGEST_BLOCK or block_size % unit:
        raise CampaignInvalid(
            f"With {arms} partners a block holds a multiple of {unit} orders, up to {LARGEST_BLOCK}; not {block_size}."
        )


def block_orders(number: int, *, arms: int, block_size: int, seed: int) -> tuple[Order, ...]:
    """Return the orders of block `number`, from 0, as they are given out.

    Raises:
        CampaignInvalid: such a block cannot be balanced.
    """
    check_block(arms, block_size)
    orders = [Order(*pair) for pair in permutations(range(arms), 2)] * (block_size // block_unit(arms))
    random.Random(f"orders/{seed}/{number}").shuffle(orders)  # noqa: S311 - a design, not a secret
    return tuple(orders)


def order_of(place: int, *, arms: int, block_size: int, seed: int) -> Order:
    """Return the order at a place of the sequence, from 0.

    Raises:
        CampaignInvalid: such a block cannot be balanced.
    """
    number, within = divmod(place, block_size) if block_size > 0 else (0, 0)
    return block_orders(number, arms=arms, block_size=block_size, seed=seed)[within]
