"""Splits: which conversations train, select and test a model. Always by conversation, never by piece.

Source: Liu et al. 2021, Appendix C (6:2:2); the 70:15:15 split of seed 13 is the one that the authors'
re-implementation and most later papers use.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from modeling.errors import EmptySplit


class SplitRule(StrEnum):
    """How conversations are divided."""

    PAPER = "6:2:2"
    """The paper's proportions; its seed is unknown, so the run file names one."""
    REIMPLEMENTATION = "70:15:15"
    """Seed 13 gives the published division of the 1,300 conversations: 910, 195 and 195."""


class Part(StrEnum):
    """A part of a split."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Split:
    """Zero-based indices of conversations, ascending, in three parts that share none."""

    train: tuple[int, ...]
    valid: tuple[int, ...]
    test: tuple[int, ...]

    def part(self, part: Part) -> tuple[int, ...]:
        """Return the indices of one part.

        Raises:
            EmptySplit: the part holds no conversation.
        """
        indices: tuple[int, ...] = getattr(self, part.value)
        if not indices:
            total = len(self.train) + len(self.valid) + len(self.test)
            raise EmptySplit(
                f"The {part.value} part of the split is empty: {total} conversations are too few to divide. "
                "Use a larger corpus."
            )
        return indices


def divide(conversations: int, *, rule: SplitRule, seed: int) -> Split:
    """Divide `conversations` conversations at random, the same way for the same seed.

    Raises:
        ValueError: `conversations` is negative.
    """
    if conversations < 0:
        raise ValueError(f"{conversations} conversations cannot be divided")
    order = list(range(conversations))
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible shuffle, not a secret
    if rule is SplitRule.PAPER:
        return _consecutive(order, train=round(conversations * 0.6), valid=round(conversations * 0.2))
    held_out = int(conversations * 0.15)
    # The re-implementation takes valid first, then test, and trains on what is left.
    return _consecutive(
        order[2 * held_out :] + order[: 2 * held_out], train=conversations - 2 * held_out, valid=held_out
    )


def _consecutive(order: Sequence[int], *, train: int, valid: int) -> Split:
    return Split(
        train=tuple(sorted(order[:train])),
        valid=tuple(sorted(order[train : train + valid])),
        test=tuple(sorted(order[train + valid :])),
    )
