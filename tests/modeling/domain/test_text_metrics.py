"""Metric values worked out by the published implementations, on texts written for this test."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu

from modeling.domain.bleu import bleu, bleu_method3, bleu_sums
from modeling.domain.diversity import distinct
from modeling.domain.extrema import extrema, read_word_vectors, word_vectors
from modeling.domain.overlap import common_subsequence, rouge_l, rouge_score_tokens, unigram_f1
from modeling.errors import ScoresUnusable

PAIRS = [
    (
        "i am sorry to hear that . how are you feeling today ?",
        "i am so sorry to hear that . how long have you felt this way ?",
    ),
    (
        "have you tried to talk to your friend about how you feel ?",
        "have you talked to your friend about it ?",
    ),
    ("thank you so much .", "you are welcome , take care !"),
]
HYPOTHESES = [hypothesis.split() for hypothesis, _ in PAIRS]
REFERENCES = [reference.split() for _, reference in PAIRS]
SUMS = np.stack([bleu_sums(h, r) for h, r in zip(HYPOTHESES, REFERENCES, strict=True)])


@pytest.mark.parametrize(
    ("order", "expected"), [(1, 0.56221355), (2, 0.44092720), (3, 0.35616003), (4, 0.29863509)]
)
def test_corpus_bleu_is_nlg_evals(order: int, expected: float) -> None:
    assert bleu(SUMS.sum(axis=0), order=order) == pytest.approx(expected, abs=1e-8)


def test_bleu_of_each_text_is_nlg_evals() -> None:
    assert bleu(SUMS, order=2) == pytest.approx([0.49236993, 0.42365927, 0.0], abs=1e-7)


def test_bleu_of_one_text_with_method_3_is_nltks() -> None:
    assert bleu_method3(SUMS[2], order=2) == pytest.approx(0.105987, abs=1e-6)


@given(st.randoms(use_true_random=False))
def test_method_3_equals_nltk_on_any_corpus(rng: random.Random) -> None:
    words = ["a", "b", "c", "d", "e"]
    texts = [[rng.choices(words, k=rng.randint(1, 6)) for _ in range(2)] for _ in range(rng.randint(1, 5))]
    sums = np.stack([bleu_sums(h, r) for h, r in texts]).sum(axis=0)
    for order in (1, 2, 3, 4):
        expected = corpus_bleu(
            [[r] for _, r in texts],
            [h for h, _ in texts],
            weights=[1 / order] * order,
            smoothing_function=SmoothingFunction().method3,
        )
        assert bleu_method3(sums, order=order) == pytest.approx(float(expected), abs=1e-12)


def test_corpus_bleu_equals_sacrebleu_on_tokens() -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    score = sacrebleu.BLEU(max_ngram_order=2, tokenize="none", lowercase=True).corpus_score(
        [h for h, _ in PAIRS], [[r for _, r in PAIRS]]
    )
    assert score.score / 100 == pytest.approx(float(bleu(SUMS.sum(axis=0), order=2)), abs=1e-8)


def test_an_empty_hypothesis_scores_zero_and_does_not_fail() -> None:
    empty = bleu_sums([], ["yes"])
    assert bleu(empty, order=2) == pytest.approx(0.0, abs=1e-6)
    assert bleu_method3(empty, order=2) == 0.0
    assert rouge_l([], ["yes"]) == 0.0
    assert unigram_f1([], ["yes"]) == 0.0


def test_rouge_l_is_nlg_evals() -> None:
    each = [rouge_l(h, r) for h, r in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert each == pytest.approx([0.67702553, 0.65793529, 0.16180371], abs=1e-8)
    assert np.mean(each) == pytest.approx(0.49892151, abs=1e-8)


def test_rouge_l_with_beta_1_on_its_own_tokens_is_rouge_scores() -> None:
    each = [rouge_l(rouge_score_tokens(h), rouge_score_tokens(r), beta=1.0) for h, r in PAIRS]
    assert each == pytest.approx([0.64, 0.60, 0.222222], abs=1e-6)


def test_rouge_l_with_beta_1_equals_the_package() -> None:
    scorer = pytest.importorskip("rouge_score.rouge_scorer").RougeScorer(["rougeL"], use_stemmer=False)
    for hypothesis, reference in [*PAIRS, ("It's GREAT, e-mail me!", "its great: mail me at 10")]:
        expected = scorer.score(reference, hypothesis)["rougeL"].fmeasure
        ours = rouge_l(rouge_score_tokens(hypothesis), rouge_score_tokens(reference), beta=1.0)
        assert ours == pytest.approx(expected, abs=1e-12)


def test_the_common_subsequence_need_not_be_consecutive() -> None:
    assert common_subsequence(["a", "b", "c", "d"], ["x", "a", "c", "y", "d"]) == 3
    assert common_subsequence([], ["a"]) == 0


def test_unigram_f1_counts_tokens_as_often_as_they_occur() -> None:
    each = [unigram_f1(h, r) for h, r in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert each == pytest.approx([0.689655, 0.636364, 0.166667], abs=1e-6)


def test_distinct_counts_the_last_ngram_too() -> None:
    # Worked by hand: 4 unigrams of which 2 differ; bigrams "a b", "b a" of "a b a" and none of "a".
    assert distinct([["a", "b", "a"], ["a"]], n=1) == 2 / 4
    assert distinct([["a", "b", "a"], ["a"]], n=2) == 2 / 2
    assert distinct([["a"]], n=2) == 0.0


def toy_vector(word: str) -> list[float]:
    return [((sum(ord(c) * (k + 1) ** (i + 1) for i, c in enumerate(word)) % 19) - 9) / 10 for k in range(4)]


def test_extrema_is_nlg_evals_on_toy_vectors() -> None:
    vectors = word_vectors({word: toy_vector(word) for text in HYPOTHESES + REFERENCES for word in text})
    each = [extrema(h, r, vectors=vectors) for h, r in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert each == pytest.approx([1.0, 0.375224, 0.065387], abs=1e-6)


def test_extrema_takes_the_value_of_largest_magnitude() -> None:
    vectors = word_vectors({"a": [1, -2, 0.5], "b": [-3, 1, 0.25], "c": [0.5, 0.5, -0.75], "d": [2, 0, 0.1]})
    assert extrema(["a", "b"], ["c", "d", "a"], vectors=vectors) == pytest.approx(-0.2229745944, abs=1e-10)


def test_a_word_without_a_vector_gets_the_mean_of_all() -> None:
    vectors = word_vectors({"a": [1.0, 0.0], "b": [0.0, 1.0]})
    assert vectors.of(["never seen"]).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("header", ["", "2 3\n"])
def test_vectors_are_read_from_glove_and_word2vec_text(tmp_path, header: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(f"{header}a 1 2 3\nb 4 5 6\n")
    vectors = read_word_vectors(path)
    assert vectors.of(["b", "a"]).tolist() == [[4, 5, 6], [1, 2, 3]]
    assert vectors.mean.tolist() == [2.5, 3.5, 4.5]


def test_vectors_are_read_from_npz(tmp_path) -> None:
    np.savez(tmp_path / "vectors.npz", words=np.array(["a", "b"]), vectors=np.eye(2))
    assert read_word_vectors(tmp_path / "vectors.npz").of(["b"]).tolist() == [[0, 1]]


@pytest.mark.parametrize("content", ["", "a 1 2\nb 1\n", "a one two\n"])
def test_a_broken_vector_file_is_refused_with_what_to_give(tmp_path, content: str) -> None:
    (tmp_path / "v.txt").write_text(content)
    with pytest.raises(ScoresUnusable, match="word vectors"):
        read_word_vectors(tmp_path / "v.txt")
