"""Coefficients worked by hand."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.agreement import agreement, alpha, figure, fleiss, pair, raw

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units, values
# missing. Printed there: nominal .743, ordinal .815.
OBSERVERS = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
UNITS = [
    {name: values[unit] for name, values in OBSERVERS.items() if values[unit] is not None}
    for unit in range(12)
]


def rated(*rows: str) -> list[dict[str, object]]:
    """Return items from strings of one letter per rater; a blank is no rating."""
    return [{f"r{place}": letter for place, letter in enumerate(row) if letter != " "} for row in rows]


def test_raw_agreement_counts_pairs() -> None:
    assert raw(rated("aaa", "aab")) == pytest.approx((3 + 1) / 6)
    assert raw(rated("a  ")) is None


def test_cohens_kappa_by_hand() -> None:
    # Table of 50: both yes 20, both no 15, yes-no 5, no-yes 10: observed .7, expected .5.
    items = rated(*["yy"] * 20, *["nn"] * 15, *["yn"] * 5, *["ny"] * 10, "y ")
    assert pair("r0", "r1")(items) == pytest.approx(0.4)
    assert pair("r0", "r1")(rated("yy", "yy")) is None


def test_fleiss_kappa_by_hand() -> None:
    # P of the items: 1, 1, 1/3; mean 63/81. Shares 5/9 and 4/9: expected 41/81. (63 - 41) / (81 - 41) = .55
    assert fleiss(rated("aaa", "bbb", "aab")) == pytest.approx(0.55)
    assert fleiss(rated("aaa", "bbb")) == pytest.approx(1.0)
    assert fleiss(rated("a")) is None


def test_krippendorffs_alpha_as_printed() -> None:
    assert alpha()(UNITS) == pytest.approx(0.743, abs=0.0005)
    assert alpha(ordinal=True)(UNITS) == pytest.approx(0.815, abs=0.0005)
    assert alpha()(rated("aa", "aa")) is None


def test_the_interval_holds_the_value_and_is_drawn_from_a_seed() -> None:
    items = rated(*["yy"] * 20, *["nn"] * 15, *["yn"] * 5, *["ny"] * 10)
    found = figure(pair("r0", "r1"), items, seed=3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.4 < found.high
    assert found.items == 50
    assert found == figure(pair("r0", "r1"), items, seed=3)


def test_every_coefficient_tells_how_many_items_it_rests_on() -> None:
    found = agreement(rated("aaa", "bbb", "aab", "ab ", "a  "))
    assert {name: value.items for name, value in found.items()} == {
        "Raw agreement": 4,
        "Cohen's kappa, r0 and r1": 4,
        "Cohen's kappa, r0 and r2": 3,
        "Cohen's kappa, r1 and r2": 3,
        "Fleiss' kappa": 3,
        "Krippendorff's alpha": 4,
    }
    assert agreement([]) == {
        name: figure(raw, []) for name in ("Raw agreement", "Fleiss' kappa", "Krippendorff's alpha")
    }
