"""Perplexity, classification and bootstrap on toys worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modeling.domain.classification import accuracy, confusion, macro_f1, majority_accuracy
from modeling.domain.intervals import bootstrap, bootstrap_difference, bootstrap_spread, group_sums
from modeling.domain.perplexity import perplexity, perplexity_per_utterance
from modeling.domain.scores import mean_of_sums, mean_rows, score_texts, summarise
from modeling.errors import ScoresUnusable


def test_perplexity_weighs_tokens_and_the_printed_one_weighs_utterances() -> None:
    nlls, tokens = [3.0, 2.0], [2, 4]
    assert perplexity(np.array([sum(nlls), sum(tokens)])) == pytest.approx(2.3009758909)
    assert perplexity_per_utterance(nlls, tokens) == pytest.approx(2.7182818285)


def test_perplexity_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no token"):
        perplexity(np.array([0.0, 0.0]))
    with pytest.raises(ValueError, match="no utterance"):
        perplexity_per_utterance([], [])


def test_accuracy_and_macro_f1_of_a_confusion() -> None:
    counts = confusion([0, 0, 1, 2], [0, 1, 1, 1], classes=4)
    assert counts.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert accuracy(counts) == 0.5
    # F1: class 0 is 2/3, class 1 is 2/4, class 2 is 0; class 3 never occurs and does not count.
    assert macro_f1(counts) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert majority_accuracy([0, 0, 1, 2]) == 0.5


def test_sums_are_grouped_by_conversation() -> None:
    rows = np.array([[1.0], [2.0], [4.0]])
    assert group_sums(rows, [7, 3, 7]).tolist() == [[2.0], [5.0]]


def test_an_interval_is_that_of_the_mean_and_the_same_for_the_same_seed() -> None:
    values = np.random.default_rng(0).normal(5, 1, size=400)
    estimate = bootstrap(mean_rows(values), range(400), mean_of_sums, seed=1)
    assert estimate.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / 20
    assert estimate.low == pytest.approx(values.mean() - half, abs=0.02)
    assert estimate.high == pytest.approx(values.mean() + half, abs=0.02)
    assert estimate == bootstrap(mean_rows(values), range(400), mean_of_sums, seed=1)


def test_pieces_of_one_conversation_do_not_narrow_the_interval() -> None:
    values = np.random.default_rng(0).normal(size=50)
    alone = bootstrap(mean_rows(values), range(50), mean_of_sums, seed=1)
    repeated = bootstrap(
        mean_rows(np.repeat(values, 10)), np.repeat(range(50), 10).tolist(), mean_of_sums, seed=1
    )
    assert repeated.high - repeated.low == pytest.approx(alone.high - alone.low)


def test_a_difference_that_is_always_there_is_significant_and_no_difference_is_not() -> None:
    values = np.random.default_rng(0).normal(size=100)
    rows = mean_rows(values)
    estimate, p = bootstrap_difference(mean_rows(values + 0.1), rows, range(100), mean_of_sums, seed=0)
    assert estimate.value == pytest.approx(0.1)
    assert p < 0.01
    assert bootstrap_difference(rows, rows, range(100), mean_of_sums, seed=0)[1] == 1.0


def test_a_spread_interval_stands_around_its_value() -> None:
    estimate = bootstrap_spread(40, lambda drawn: len(set(drawn.tolist())) / len(drawn), seed=0)
    assert estimate.value == 1.0
    assert estimate.low < 1.0 < estimate.high


def test_the_summary_has_every_metric_and_no_stand_in_for_extrema() -> None:
    scores = score_texts(["Thank you!", "i see ."], ["Thank you so much!", "i see , yes ."])
    summary = summarise(scores, groups=[0, 1], seed=0)
    assert summary["extrema"] is None
    assert set(summary) == {
        *(f"bleu_{n}" for n in range(1, 5)),
        "bleu_2_method3",
        "rouge_l",
        "rouge_score_l",
        "unigram_f1",
        "mean_length",
        "distinct_1",
        "distinct_2",
        "extrema",
    }
    assert summary["mean_length"] is not None
    assert summary["mean_length"].value == 3.0  # "thank you !" and "i see ."
    assert summary["distinct_1"] is not None
    assert summary["distinct_1"].value == 1.0


def test_texts_that_cannot_be_paired_are_refused() -> None:
    with pytest.raises(ScoresUnusable, match="2 hypotheses and 1 references"):
        score_texts(["a", "b"], ["a"])
    with pytest.raises(ScoresUnusable, match="at least one"):
        score_texts([], [])
