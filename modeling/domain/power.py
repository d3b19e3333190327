"""How many pairs a comparison needs, by the exact power of the two-sided sign test.

Ties are left out of the test (docs/decisions/0008), so the number of decided answers is itself binomial: the power
is summed over it. The test is discrete, so its power rises in a saw; the number given is one from which on the
power stays above what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from modeling.errors import CampaignInvalid

LEVEL = 0.05
MOST = 3200
"""Pairs beyond which no number is sought: nobody recruits so many."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a comparison of one size can find."""

    pairs: int
    power: float
    """Probability that the test finds the difference, 0 to 1."""


def sign_test_power(pairs: int, *, win_share: float, tie_share: float = 0.0, level: float = LEVEL) -> float:
    """Return the probability that the two-sided exact sign test rejects.

    `win_share`: share of wins among decided answers; `tie_share`: share of "about the same" among all.

    Raises:
        CampaignInvalid: a share or the level is out of range, or there is no pair.
    """
    _check(win_share, tie_share, level)
    if pairs < 1:
        raise CampaignInvalid("A power needs at least one pair.")
    return float(_powers(pairs, win_share, tie_share, level)[-1])


def pairs_needed(
    *, win_share: float, tie_share: float = 0.0, power: float = 0.8, level: float = LEVEL, most: int = MOST
) -> Plan:
    """Return the smallest number of pairs from which on the power is at least `power`.

    Raises:
        CampaignInvalid: a share is out of range, the win share is one half, or `most` pairs do not suffice.
    """
    _check(win_share, tie_share, level)
    if not 0 < power < 1:
        raise CampaignInvalid("The power lies between 0 and 1.")
    if win_share == 0.5:
        raise CampaignInvalid(
            "Nobody can find a difference that is not there: a win share of 50 % needs no test."
        )
    limit = 100
    while limit <= most:
        powers = _powers(limit, win_share, tie_share, level)
        below = np.flatnonzero(powers < power)
        enough = int(below[-1]) + 2 if below.size else 1  # powers[0] is that of one pair
        # The saw's last tooth below must lie well inside what was looked at.
        if enough <= 0.8 * limit:
            return Plan(pairs=enough, power=float(powers[enough - 1]))
        limit *= 2
    raise CampaignInvalid(f"This difference is too small to be found with {most} pairs.")


def _check(win_share: float, tie_share: float, level: float) -> None:
    if not 0 <= win_share <= 1:
        raise CampaignInvalid("The share of wins lies between 0 and 1.")
    if not 0 <= tie_share < 1:
        raise CampaignInvalid("The share of ties lies at 0 or above and below 1.")
    if not 0 < level < 1:
        raise CampaignInvalid("The level lies between 0 and 1.")


def _powers(most: int, win_share: float, tie_share: float, level: float) -> NDArray[np.float64]:
    """Return the power of 1 to `most` pairs, (most,)."""
    decided = np.arange(most + 1)
    found = _rejections(decided, win_share, level)  # (most + 1,)
    pairs = np.arange(1, most + 1)[:, None]
    weights = stats.binom.pmf(decided[None, :], pairs, 1 - tie_share)  # (most, most + 1)
    return np.asarray(weights @ found, dtype=np.float64)


def _rejections(decided: NDArray[np.int64], win_share: float, level: float) -> NDArray[np.float64]:
    """Return the probability of rejecting for each number of decided answers."""
    edge = stats.binom.ppf(level / 2, decided, 0.5)
    # The test rejects where twice the tail is at most the level; ppf may lie one above that.
    edge = np.where(2 * stats.binom.cdf(edge, decided, 0.5) <= level, edge, edge - 1)
    low = stats.binom.cdf(edge, decided, win_share)
    high = stats.binom.sf(decided - edge - 1, decided, win_share)
    return np.where(edge >= 0, low + high, 0.0)
