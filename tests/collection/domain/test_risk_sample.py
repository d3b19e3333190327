"""Tests of precision and recall from a judged sample, worked by hand."""

from __future__ import annotations

import pytest

from collection.domain.risk_sample import Judged, figures, wilson


def judged(flagged: bool, care: int, none: int, weight: float = 1.0) -> list[Judged]:
    return [Judged(flagged, True, weight)] * care + [Judged(flagged, False, weight)] * none


def test_wilson_s_interval_of_five_in_ten() -> None:
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_wilson_s_interval_of_nothing_found_and_of_nothing_looked_at() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    with pytest.raises(ValueError, match="nothing"):
        wilson(0, 0)


def test_the_strata_count_by_their_sizes() -> None:
    # 20 flagged of which half needed care: 10. 1000 others of which 1 in 50: 20. So 10 of 30 were found.
    found = figures(
        judged(True, 5, 5) + judged(False, 1, 49, weight=20), flagged_total=20, unflagged_total=1000
    )
    assert found.precision is not None
    assert found.recall is not None
    assert found.precision.value == 0.5
    assert found.recall.value == pytest.approx(1 / 3)
    low, high = wilson(1, 50)
    hit_low, hit_high = wilson(5, 10)
    assert found.recall.low == pytest.approx(hit_low * 20 / (hit_low * 20 + high * 1000))
    assert found.recall.high == pytest.approx(hit_high * 20 / (hit_high * 20 + low * 1000))
    assert (found.precision.n, found.recall.n) == (10, 60)


def test_what_was_not_judged_is_not_claimed() -> None:
    nothing = figures([], flagged_total=5, unflagged_total=100)
    assert (nothing.precision, nothing.recall) == (None, None)
    only_hits = figures(judged(True, 3, 1), flagged_total=5, unflagged_total=100)
    assert only_hits.precision is not None
    assert only_hits.recall is None
    nobody = figures(judged(True, 0, 3) + judged(False, 0, 9), flagged_total=3, unflagged_total=9)
    assert nobody.recall is None


def test_a_draw_with_another_rate_counts_by_its_weight() -> None:
    sample = judged(False, 1, 9, weight=10) + judged(False, 0, 50, weight=2)
    found = figures(judged(True, 1, 0) + sample, flagged_total=1, unflagged_total=200)
    assert found.recall is not None
    assert found.recall.value == pytest.approx(1 / (1 + 200 * 10 / 200))
