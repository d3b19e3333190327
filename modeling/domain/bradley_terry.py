"""Strengths of several agents from comparisons of two at a time.

The Bradley-Terry model says: the log-odds that i is preferred to j are the difference of their strengths. It is a
logistic regression without intercept; a tie counts as half a win for each. Strengths are centred at zero.
Estimates exist only where everybody can be reached from everybody by a chain of wins or ties (Ford 1957); otherwise
nothing is estimated, rather than something infinite.
Source: Bradley and Terry 1952; Agresti 2013, §11.6.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.stats import chi2

Z = 1.959964


@dataclass(frozen=True, slots=True)
class Strength:
    """One agent's place."""

    name: str
    value: float
    """Log-odds against an agent of average strength."""
    low: float
    high: float
    """Ends of the 95 % interval."""

    @property
    def preferred(self) -> float:
        """Probability of being preferred to an agent of average strength."""
        return float(1 / (1 + np.exp(-self.value)))


@dataclass(frozen=True, slots=True)
class Ranking:
    """All agents, the strongest first."""

    strengths: tuple[Strength, ...]
    p_equal: float
    """Likelihood-ratio p of all strengths being equal."""


def ranking(names: Sequence[str], results: Iterable[tuple[str, str, float]]) -> Ranking | None:
    """Fit the model; None where no finite estimate exists.

    `results`: (one, other, score) for each comparison; the score is 1 where `one` was preferred, 0 where the other
    was, and 0.5 for about the same.
    """
    place = {name: index for index, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)))  # wins[i, j]: how often i was preferred to j, ties as halves
    for (one, other, score), count in Counter(results).items():
        wins[place[one], place[other]] += count * score
        wins[place[other], place[one]] += count * (1 - score)
    components, _ = connected_components(wins > 0, directed=True, connection="strong")
    if len(names) < 2 or components > 1:
        return None
    return _fitted(names, wins)


def _fitted(names: Sequence[str], wins: NDArray[np.float64]) -> Ranking:
    rows, shares, counts = [], [], []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            if total := wins[i, j] + wins[j, i]:
                rows.append(np.eye(len(names))[i] - np.eye(len(names))[j])
                shares.append(wins[i, j] / total)
                counts.append(total)
    design = np.asarray(rows)[:, 1:]  # (P, A - 1): the first agent is the reference
    model = sm.GLM(shares, design, family=sm.families.Binomial(), freq_weights=np.asarray(counts))
    with warnings.catch_warnings():
        # A fit without residuals is what two agents, or equal ones, give; that estimates exist was checked before.
        warnings.simplefilter("ignore")
        fit = model.fit()
    # Centring spreads the reference's uncertainty over all: C (A, A - 1) maps contrasts to centred strengths.
    centring = (np.eye(len(names)) - 1 / len(names))[:, 1:]
    values = centring @ fit.params
    errors = np.sqrt(np.diag(centring @ fit.cov_params() @ centring.T))
    strengths = [
        Strength(name=name, value=float(v), low=float(v - Z * e), high=float(v + Z * e))
        for name, v, e in zip(names, values, errors, strict=True)
    ]
    p = float(chi2.sf(_likelihood_ratio(shares, counts, fit.fittedvalues), df=len(names) - 1))
    return Ranking(strengths=tuple(sorted(strengths, key=lambda s: -s.value)), p_equal=p)


def _likelihood_ratio(shares: Sequence[float], counts: Sequence[float], fitted: NDArray[np.float64]) -> float:
    """Return twice the log-likelihood that the fit gains over all being equal."""
    share, weight = np.asarray(shares), np.asarray(counts)
    gain = weight * (share * np.log(2 * fitted) + (1 - share) * np.log(2 * (1 - fitted)))
    return float(max(0.0, 2 * gain.sum()))


def as_document(found: Mapping[str, Ranking | None]) -> dict[str, object]:
    """Return rankings by question as JSON values; null where nothing could be estimated."""
    return {question: _document(r) if r else None for question, r in found.items()}


def _document(found: Ranking) -> dict[str, object]:
    strengths = [
        {"agent": s.name, "strength": s.value, "low": s.low, "high": s.high, "preferred": s.preferred}
        for s in found.strengths
    ]
    return {"p_equal": found.p_equal, "strengths": strengths}
