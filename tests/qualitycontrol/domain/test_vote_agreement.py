"""The fast coefficients are the libraries', and the tables count what was said."""

from __future__ import annotations

import random

import pytest

from qualitycontrol.domain import agreement as libraries
from qualitycontrol.domain.vote_agreement import (
    Vote,
    confusion,
    nominal_agreement,
    ratings,
    reviewer_rows,
)


def drawn(items: int, *, missing: float, seed: int) -> list[dict[str, str]]:
    dice = random.Random(seed)
    truth = [dice.choice("abcd") for _ in range(items)]
    return [
        {
            rater: label if dice.random() < 0.6 else dice.choice("abcd")
            for rater in ("ann", "ben", "cyd")
            if dice.random() >= missing
        }
        for label in truth
    ]


@pytest.mark.parametrize(("missing", "seed"), [(0.0, 1), (0.3, 2), (0.3, 3)])
def test_the_values_are_those_of_the_libraries(missing: float, seed: int) -> None:
    items = drawn(40, missing=missing, seed=seed)
    expected = libraries.agreement(items)
    found = nominal_agreement(items)
    assert list(found) == list(expected)
    for name, figure in found.items():
        assert figure.value == pytest.approx(expected[name].value, abs=1e-12), name
        assert figure.items == expected[name].items
        # Other samples, the same distribution.
        assert figure.low == pytest.approx(expected[name].low, abs=0.12)
        assert figure.high == pytest.approx(expected[name].high, abs=0.12)


def test_krippendorffs_alpha_by_hand() -> None:
    # Two raters, three items: a-a, a-b, b-b. Do = 1/3; De = (6*6 - 3*3 - 3*3) / (6 * 5) = 0.6.
    items = [{"x": "a", "y": "a"}, {"x": "a", "y": "b"}, {"x": "b", "y": "b"}]
    assert nominal_agreement(items)["Krippendorff's alpha"].value == pytest.approx(1 - (1 / 3) / 0.6)


def test_one_label_for_everything_or_nothing_shared_is_undefined() -> None:
    same = nominal_agreement([{"x": "a", "y": "a"}] * 4)
    assert same["Raw agreement"].value == 1
    assert [figure.value for name, figure in same.items() if name != "Raw agreement"] == [None] * 3
    assert {figure.value for figure in nominal_agreement([{"x": "a"}]).values()} == {None}


VOTES = [
    Vote(1, "ann", "a", author="a", gold="", seconds=2),
    Vote(1, "ben", "b", author="a", gold="", seconds=4),
    Vote(2, "ann", "b", author="b", gold="", seconds=4),
    Vote(3, "ann", "a", author="b", gold="a", seconds=9),
]


def test_the_tables_count_what_was_said() -> None:
    assert ratings(VOTES) == [{"ann": "a", "ben": "b"}, {"ann": "b"}, {"ann": "a"}]
    assert confusion(VOTES[:3], ["a", "b"]) == [[1, 1], [0, 1]]
    assert reviewer_rows(VOTES) == [
        {"reviewer": "ann", "votes": 3, "with_author": 1, "gold_right": 1, "gold": 1, "median_seconds": 4},
        {"reviewer": "ben", "votes": 1, "with_author": 0, "gold_right": 0, "gold": 0, "median_seconds": 4},
    ]
