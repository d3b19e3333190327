"""The distance of two sets of conversations by progress, against values worked by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from modeling.domain.strategy_distance import distance, strategy_distance

Q, O = "Question", "Others"  # noqa: E741


def document(*counts: dict[str, int]) -> dict[str, Any]:
    return {"progress": [{"n": sum(c.values()), "counts": c} for c in counts]}


def test_equal_shares_have_no_distance_and_disjoint_ones_the_greatest() -> None:
    assert distance({Q: 2, O: 2}, {Q: 50, O: 50}) == 0.0
    assert distance({Q: 3}, {O: 7}) == pytest.approx(1.0)


def test_half_of_one_against_all_of_one() -> None:
    # m = (.75, .25); JSD = H(m) - (H(.5, .5) + H(1, 0)) / 2 in bits; the distance is its root.
    mixed = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    assert distance({Q: 1, O: 1}, {Q: 4}) == pytest.approx(math.sqrt(mixed - 0.5))


def test_points_are_weighted_by_the_first_sets_messages() -> None:
    one = document({Q: 1}, {Q: 3}, {}, {O: 2}, {}, {})
    other = document({O: 1}, {Q: 9}, {Q: 1}, {}, {}, {})
    found = strategy_distance(one, other)
    assert found.points == (pytest.approx(1.0), 0.0, None, None, None, None)
    assert found.weighted == pytest.approx(1 / 4)
    # (4 Q, 2 O) against (10 Q, 1 O)
    assert found.overall == pytest.approx(distance({Q: 4, O: 2}, {Q: 10, O: 1}))


def test_nothing_against_something_is_unknown() -> None:
    empty = document(*[{}] * 6)
    found = strategy_distance(empty, document({Q: 1}, *[{}] * 5))
    assert found.weighted is None
    assert found.overall is None
