"""Perplexity from summed negative log-likelihoods.

The tokens counted are those of the response and its end; the strategy's is not among them, so that variants with
and without strategies compare. Perplexities of two vocabularies do not compare.
Source: Liu et al. 2021, Table 4; the authors' later note that their printed figures averaged per utterance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def perplexity(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exp(total NLL / total tokens) of (..., 2) sums: natural-log NLL, tokens.

    Raises:
        ValueError: a row has no token.
    """
    if np.any(sums[..., 1] <= 0):
        raise ValueError("perplexity of no token")
    result: NDArray[np.float64] = np.exp(sums[..., 0] / sums[..., 1])
    return result


def perplexity_per_utterance(nlls: Sequence[float], tokens: Sequence[int]) -> float:
    """Return exp of the mean over utterances of each one's mean NLL: the uncorrected figure of the printed Table 4.

    Raises:
        ValueError: there is no utterance, or one without a token.
    """
    if not nlls or any(count <= 0 for count in tokens):
        raise ValueError("perplexity of no utterance, or of one without a token")
    return float(np.exp(np.mean([nll / count for nll, count in zip(nlls, tokens, strict=True)])))
