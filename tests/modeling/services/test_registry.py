"""What is entered of a training's files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modeling.comparison import evaluation_tests
from modeling.errors import CheckpointUnusable, ScoresUnusable
from modeling.services.registry import checkpoint_register, evaluation_register
from tests.modeling.pages import evaluated, queued, registered, write_checkpoint

pytestmark = pytest.mark.django_db


def test_a_training_without_a_checkpoint_enters_none(store: Path) -> None:
    assert checkpoint_register(queued(store)) is None


def test_a_checkpoint_is_entered_with_what_chose_it(store: Path) -> None:
    run = queued(store)
    checkpoint = registered(run)
    assert (checkpoint.step, checkpoint.parameters, checkpoint.code_commit) == (12, 1000, "c0ffee")
    assert checkpoint.metrics["perplexity"] == 20.5
    assert checkpoint.path == run.path / "best"


def test_a_better_checkpoint_takes_the_place_of_the_older_and_its_evaluations(store: Path) -> None:
    run = queued(store)
    first = registered(run)
    evaluated(first)
    again = registered(run)
    assert (again.pk, again.evaluations.count()) == (first.pk, 1)
    better = registered(run, weights=b"better", perplexity=19.0)
    assert better.pk == first.pk
    assert better.weights_sha256 != first.weights_sha256
    assert better.evaluations.count() == 0


def test_a_checkpoint_of_another_corpus_is_refused(store: Path) -> None:
    run = queued(store)
    manifest = write_checkpoint(run) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(run.corpus_sha256, "0" * 64))
    with pytest.raises(CheckpointUnusable, match="another corpus"):
        checkpoint_register(run)


def test_an_evaluation_is_entered_with_its_metrics_and_intervals(store: Path) -> None:
    evaluation = evaluated(registered(queued(store)))
    assert evaluation.pieces == 16
    document = json.loads(evaluation.path.read_text())
    assert evaluation.metrics["ppl"] == document["ppl"]
    assert evaluation.metrics["extrema"] is None
    assert evaluation.intervals["bleu_2"] == document["intervals"]["bleu_2"]


def test_an_evaluation_of_something_else_is_refused(store: Path) -> None:
    checkpoint = registered(queued(store))
    with pytest.raises(ScoresUnusable, match="cannot be read"):
        evaluation_register(checkpoint, "oracle")
    evaluated(checkpoint)
    (checkpoint.run.path / "test-joint.json").rename(checkpoint.run.path / "test-oracle.json")
    with pytest.raises(ScoresUnusable, match="not an evaluation of this checkpoint as oracle"):
        evaluation_register(checkpoint, "oracle")


def test_evaluations_of_the_same_pieces_are_tested_in_pairs(store: Path) -> None:
    checkpoint = registered(queued(store))
    joint, oracle = evaluated(checkpoint), evaluated(checkpoint, "oracle")
    tests = evaluation_tests(joint, oracle)
    assert tests is not None
    assert {test.metric for test in tests} == {"bleu_2", "rouge_l", "ppl"}
    # The same responses and likelihoods: nothing differs.
    assert {(test.difference.value, test.p_t) for test in tests} == {(0.0, 1.0)}


def test_evaluations_of_other_pieces_are_not_tested(store: Path) -> None:
    checkpoint = registered(queued(store))
    assert evaluation_tests(evaluated(checkpoint), evaluated(checkpoint, "oracle", count=12)) is None


def test_a_file_that_was_changed_is_not_compared(store: Path) -> None:
    checkpoint = registered(queued(store))
    joint, oracle = evaluated(checkpoint), evaluated(checkpoint, "oracle")
    oracle.path.write_text(oracle.path.read_text() + " ")
    with pytest.raises(ScoresUnusable, match="was changed"):
        evaluation_tests(joint, oracle)
