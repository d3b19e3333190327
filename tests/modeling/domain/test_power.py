"""The power is that of SciPy's own test, summed outcome by outcome."""

from __future__ import annotations

import pytest
from scipy import stats

from modeling.domain.power import pairs_needed, sign_test_power
from modeling.errors import CampaignInvalid


def summed_power(pairs: int, win_share: float, tie_share: float, level: float) -> float:
    """Go through every outcome and ask SciPy's test about each."""
    total = 0.0
    for decided in range(pairs + 1):
        weight = stats.binom.pmf(decided, pairs, 1 - tie_share)
        for win in range(decided + 1):
            if decided and stats.binomtest(win, decided, 0.5).pvalue <= level:
                total += weight * stats.binom.pmf(win, decided, win_share)
    return total


@pytest.mark.parametrize(
    ("pairs", "win_share", "tie_share", "level"),
    [
        (1, 0.9, 0.0, 0.05),
        (6, 0.9, 0.0, 0.05),
        (12, 0.7, 0.25, 0.05),
        (17, 0.2, 0.1, 0.1),
        (9, 0.5, 0.0, 0.05),
    ],
)
def test_it_is_the_sum_over_all_outcomes(
    pairs: int, win_share: float, tie_share: float, level: float
) -> None:
    found = sign_test_power(pairs, win_share=win_share, tie_share=tie_share, level=level)
    assert found == pytest.approx(summed_power(pairs, win_share, tie_share, level), abs=1e-12)


def test_six_pairs_that_all_agree_are_the_fewest_that_can_convince() -> None:
    # 2 / 2**5 = .0625 and 2 / 2**6 = .03125.
    assert sign_test_power(5, win_share=1.0) == 0.0
    assert sign_test_power(6, win_share=1.0) == pytest.approx(1.0)
    assert pairs_needed(win_share=1.0, power=0.99).pairs == 6


@pytest.mark.parametrize(("win_share", "tie_share"), [(0.65, 0.0), (0.65, 0.15), (0.35, 0.15), (0.8, 0.3)])
def test_from_the_number_on_the_power_suffices(win_share: float, tie_share: float) -> None:
    plan = pairs_needed(win_share=win_share, tie_share=tie_share, power=0.8)

    def power(pairs: int) -> float:
        return sign_test_power(pairs, win_share=win_share, tie_share=tie_share)

    assert power(plan.pairs) == pytest.approx(plan.power)
    assert power(plan.pairs - 1) < 0.8
    assert all(power(pairs) >= 0.8 for pairs in range(plan.pairs, plan.pairs + 40))


def test_ties_cost_pairs_and_the_direction_does_not_matter() -> None:
    without = pairs_needed(win_share=0.65).pairs
    assert pairs_needed(win_share=0.65, tie_share=0.2).pairs > without
    assert pairs_needed(win_share=0.35).pairs == without


@pytest.mark.parametrize(
    "asked",
    [
        {"win_share": 0.5},
        {"win_share": 1.2},
        {"win_share": 0.7, "tie_share": 1.0},
        {"win_share": 0.7, "power": 1.0},
        {"win_share": 0.7, "level": 0.0},
        {"win_share": 0.51},
    ],
)
def test_what_cannot_be_answered_is_refused(asked: dict[str, float]) -> None:
    with pytest.raises(CampaignInvalid):
        pairs_needed(**asked, most=800)


def test_no_pair_has_no_power() -> None:
    with pytest.raises(CampaignInvalid):
        sign_test_power(0, win_share=0.7)
