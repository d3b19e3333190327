"""The metrics of generated responses against references: one door for evaluation and for `score`.

Texts are raw; they are lower-cased and cut into NLTK word tokens, as nlg-eval was fed for the paper's figures.
Every value is a share of 1 (the paper's tables print hundredths); `mean_length` is in tokens.
Source: Liu et al. 2021, Table 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.tokens import tokenize
from modeling.domain.bleu import COLUMNS, ORDERS, bleu, bleu_method3, bleu_sums
from modeling.domain.diversity import index_ngrams
from modeling.domain.extrema import WordVectors, extrema
from modeling.domain.intervals import Estimate, bootstrap, bootstrap_spread
from modeling.domain.overlap import rouge_l, rouge_score_tokens, unigram_f1
from modeling.errors import ScoresUnusable

Tokenizer = Callable[[str], list[str]]

MEANS = ("rouge_l", "rouge_score_l", "unigram_f1", "mean_length")
"""Metrics that are means over the texts; `extrema` joins them when there are vectors."""


def lower_tokens(text: str) -> list[str]:
    """Return the lower-cased NLTK word tokens of a text."""
    return tokenize(text.lower())


@dataclass(frozen=True)
class TextScores:
    """What is known of each text, enough for every metric, its interval and its paired tests."""

    tokens: tuple[tuple[str, ...], ...]
    """The hypotheses' tokens."""
    bleu: NDArray[np.float64]
    """(N, COLUMNS) sums of `modeling.domain.bleu`."""
    means: dict[str, NDArray[np.float64]]
    """Metric to (N,): its value for each text."""

    @property
    def bleu_2(self) -> NDArray[np.float64]:
        """(N,): nlg-eval's BLEU-2 of each text alone, for paired tests only."""
        return bleu(self.bleu, order=2)


def score_texts(
    hypotheses: Sequence[str],
    references: Sequence[str],
    *,
    vectors: WordVectors | None = None,
    tokenizer: Tokenizer = lower_tokens,
) -> TextScores:
    """Score each hypothesis against its reference.

    Raises:
        ScoresUnusable: there is no text, or not as many references as hypotheses.
    """
    if len(hypotheses) != len(references) or not hypotheses:
        raise ScoresUnusable(
            f"{len(hypotheses)} hypotheses and {len(references)} references cannot be paired; "
            "expected the same number of lines, at least one."
        )
    hyps, refs = [tokenizer(text) for text in hypotheses], [tokenizer(text) for text in references]
    pairs = list(zip(hyps, refs, strict=True))
    means = {
        "rouge_l": [rouge_l(h, r) for h, r in pairs],
        "rouge_score_l": [
            rouge_l(rouge_score_tokens(h), rouge_score_tokens(r), beta=1.0)
            for h, r in zip(hypotheses, references, strict=True)
        ],
        "unigram_f1": [unigram_f1(h, r) for h, r in pairs],
        "mean_length": [float(len(h)) for h in hyps],
    }
    if vectors is not None:
        means["extrema"] = [extrema(h, r, vectors=vectors) for h, r in pairs]
    return TextScores(
        tokens=tuple(tuple(h) for h in hyps),
        bleu=np.stack([bleu_sums(h, r) for h, r in pairs]),
        means={name: np.asarray(values) for name, values in means.items()},
    )


def summarise(scores: TextScores, *, groups: Sequence[int], seed: int) -> dict[str, Estimate | None]:
    """Return every metric of the corpus with its interval over `groups` (the conversation of each text).

    `extrema` is None where no vectors were given: no stand-in is computed.
    """
    assert scores.bleu.shape[1] == COLUMNS
    summary: dict[str, Estimate | None] = {}
    for order in range(1, ORDERS + 1):
        summary[f"bleu_{order}"] = bootstrap(scores.bleu, groups, _bleu_of(bleu, order), seed=seed)
    summary["bleu_2_method3"] = bootstrap(scores.bleu, groups, _bleu_of(bleu_method3, 2), seed=seed)
    for name, values in scores.means.items():
        summary[name] = bootstrap(mean_rows(values), groups, mean_of_sums, seed=seed)
    for n in (1, 2):
        summary[f"distinct_{n}"] = _distinct(scores, n=n, groups=groups, seed=seed)
    summary.setdefault("extrema", None)
    return summary


def mean_rows(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 2) rows of value and count, whose sums give a mean."""
    return np.stack([values, np.ones_like(values)], axis=1)


def mean_of_sums(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of summed (..., 2) rows of `mean_rows`."""
    result: NDArray[np.float64] = sums[..., 0] / sums[..., 1]
    return result


def _bleu_of(
    metric: Callable[..., NDArray[np.float64]], order: int
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda sums: metric(sums, order=order)


def _distinct(scores: TextScores, *, n: int, groups: Sequence[int], seed: int) -> Estimate:
    index = index_ngrams(scores.tokens, n=n)
    _, inverse = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(inverse == group) for group in range(int(inverse.max()) + 1)]
    return bootstrap_spread(
        len(members), lambda drawn: index.distinct(np.concatenate([members[i] for i in drawn])), seed=seed
    )
