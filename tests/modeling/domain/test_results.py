"""Figures of an evaluation, its document, and paired tests."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from modeling.domain.pairing import paired_tests
from modeling.domain.results import figures, from_document, to_document
from modeling.errors import ScoresUnusable
from tests.modeling.evaluations import make_evaluation, make_piece


def value_of(evaluation, name: str) -> float:
    estimate = figures(evaluation)[name]
    assert estimate is not None
    return estimate.value


def test_perplexities_are_token_weighted_and_utterance_weighted() -> None:
    pieces = (make_piece(0, nll=3.0, tokens=2), make_piece(1, nll=2.0, tokens=4))
    evaluation = make_evaluation(pieces=pieces)
    assert value_of(evaluation, "ppl") == pytest.approx(2.3009758909)
    assert value_of(evaluation, "ppl_per_utterance") == pytest.approx(2.7182818285)


def test_the_strategys_likelihood_changes_no_perplexity() -> None:
    one = make_evaluation()
    other = make_evaluation(pieces=tuple(make_piece(n, logprobs=(-9.0,) * 8) for n in range(16)))
    assert value_of(one, "ppl") == value_of(other, "ppl")


def test_strategy_figures_are_of_the_most_likely_and_of_the_drawn() -> None:
    evaluation = (
        make_evaluation()
    )  # gold runs through the eight twice; strategy 0 is always likeliest and drawn
    assert value_of(evaluation, "strategy_accuracy") == 2 / 16
    assert value_of(evaluation, "strategy_accuracy_sampled") == 2 / 16
    assert value_of(evaluation, "strategy_accuracy_top3") == 6 / 16
    # F1 of class 0 is 2*2/(16+2); the other seven are never predicted and score 0.
    assert value_of(evaluation, "strategy_macro_f1") == pytest.approx((4 / 18) / 8)
    assert value_of(evaluation, "strategy_mass") == pytest.approx(0.9)
    expected = np.mean([0.1 if s == 0 else 3 + s / 10 for s in range(8)])
    assert value_of(evaluation, "strategy_nll") == pytest.approx(expected)


def test_vanilla_has_no_strategy_figures() -> None:
    found = figures(make_evaluation("vanilla"))
    assert {name for name, estimate in found.items() if estimate is None} >= {
        "strategy_nll",
        "strategy_accuracy",
        "strategy_macro_f1",
        "strategy_mass",
    }
    assert to_document(make_evaluation("vanilla"), found)["strategy_confusion"] is None


def test_every_interval_holds_its_value() -> None:
    for name, estimate in figures(make_evaluation()).items():
        if estimate is not None:
            assert estimate.low <= estimate.value + 1e-12, name
            assert estimate.value - 1e-12 <= estimate.high, name


def test_a_document_is_read_back_whole() -> None:
    evaluation = make_evaluation()
    document = json.loads(json.dumps(to_document(evaluation, figures(evaluation))))
    assert from_document(document) == evaluation
    assert document["strategy_confusion"]["counts"][3] == [2, 0, 0, 0, 0, 0, 0, 0]
    assert document["strategy_majority_accuracy"] == 2 / 16


@pytest.mark.parametrize("document", [{}, [], {"evaluation": {"system": 1}}])
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(ScoresUnusable, match="no evaluation"):
        from_document(document)


def test_an_evaluation_without_pieces_is_refused() -> None:
    with pytest.raises(ScoresUnusable, match="holds no piece"):
        figures(make_evaluation(pieces=()))


def test_paired_tests_are_of_the_same_pieces() -> None:
    rng = np.random.default_rng(0)
    better = tuple(make_piece(n, nll=11.0 + n + rng.normal() / 10) for n in range(16))
    tests = {t.metric: t for t in paired_tests(make_evaluation(pieces=better), make_evaluation())}
    assert set(tests) == {"bleu_2", "rouge_l", "ppl"}
    assert tests["ppl"].difference.value < 0
    expected = stats.ttest_rel([p.nll / 8 for p in better], [(12 + n) / 8 for n in range(16)]).pvalue
    assert tests["ppl"].p_t == pytest.approx(expected)
    assert tests["ppl"].p_bootstrap < 0.01
    assert tests["bleu_2"].p_t == 1.0
    assert math.isclose(tests["rouge_l"].difference.value, 0.0)


def test_perplexity_is_not_compared_across_vocabularies() -> None:
    other = make_evaluation(pieces=tuple(make_piece(n, tokens=9) for n in range(16)))
    assert {t.metric for t in paired_tests(make_evaluation(), other)} == {"bleu_2", "rouge_l"}


def test_different_pieces_are_not_compared() -> None:
    with pytest.raises(ScoresUnusable, match="same pieces"):
        paired_tests(make_evaluation(), make_evaluation(count=14))
    with pytest.raises(ScoresUnusable, match="same pieces"):
        paired_tests(make_evaluation(), make_evaluation(corpus_sha256="1" * 64))
