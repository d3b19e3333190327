"""Paired tests between two systems that answered the same pieces.

Source: Liu et al. 2021, Table 4 (Student's t over per-sample scores); Koehn 2004 (bootstrap for corpus BLEU).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modeling.domain.bleu import bleu
from modeling.domain.intervals import Estimate, bootstrap_difference
from modeling.domain.perplexity import perplexity
from modeling.domain.results import Evaluation
from modeling.domain.scores import TextScores, mean_of_sums, mean_rows, score_texts
from modeling.domain.significance import paired_t_test
from modeling.errors import ScoresUnusable


@dataclass(frozen=True, slots=True)
class PairedTest:
    """One metric of one system against another."""

    metric: str
    difference: Estimate
    """Of the corpus's metric, first minus second, with its bootstrap interval."""
    p_bootstrap: float
    """Conversations resampled; of the corpus's metric."""
    p_t: float
    """Paired t-test over pieces; of the metric of each piece alone."""


def comparable(one: Evaluation, other: Evaluation) -> bool:
    """Whether two systems answered the same pieces of the same corpus."""
    places = [[piece.place for piece in evaluation.pieces] for evaluation in (one, other)]
    return one.corpus_sha256 == other.corpus_sha256 and places[0] == places[1]


def same_pieces(evaluations: Sequence[Evaluation]) -> None:
    """Check that all systems answered the same pieces.

    Raises:
        ScoresUnusable: they did not, or there is no system.
    """
    if not evaluations:
        raise ScoresUnusable("There is no evaluation to compare.")
    first, *others = evaluations
    for other in others:
        if not comparable(first, other):
            raise ScoresUnusable(
                f"{first.system} ({first.variant}) and {other.system} ({other.variant}) did not answer the same pieces; "
                "evaluate both on the same corpus and split."
            )


def paired_tests(one: Evaluation, other: Evaluation, *, seed: int = 0) -> list[PairedTest]:
    """Return the tests of BLEU-2, ROUGE-L and, within one vocabulary, perplexity.

    Raises:
        ScoresUnusable: the systems did not answer the same pieces.
    """
    same_pieces([one, other])
    groups = [piece.conversation for piece in one.pieces]
    a, b = _texts(one), _texts(other)
    tests = [
        PairedTest(
            "bleu_2",
            *bootstrap_difference(a.bleu, b.bleu, groups, lambda sums: bleu(sums, order=2), seed=seed),
            paired_t_test(a.bleu_2.tolist(), b.bleu_2.tolist()),
        ),
        PairedTest(
            "rouge_l",
            *bootstrap_difference(
                mean_rows(a.means["rouge_l"]), mean_rows(b.means["rouge_l"]), groups, mean_of_sums, seed=seed
            ),
            paired_t_test(a.means["rouge_l"].tolist(), b.means["rouge_l"].tolist()),
        ),
    ]
    # The same tokens for each reference: only then is a perplexity about the same events.
    if [p.tokens for p in one.pieces] == [p.tokens for p in other.pieces]:
        sums, others = (np.array([[p.nll, p.tokens] for p in e.pieces]) for e in (one, other))
        tests.append(
            PairedTest(
                "ppl",
                *bootstrap_difference(sums, others, groups, perplexity, seed=seed),
                paired_t_test((sums[:, 0] / sums[:, 1]).tolist(), (others[:, 0] / others[:, 1]).tolist()),
            )
        )
    return tests


def _texts(evaluation: Evaluation) -> TextScores:
    return score_texts([p.hypothesis for p in evaluation.pieces], [p.reference for p in evaluation.pieces])
