"""How far a training is, from the rows of its log."""

from __future__ import annotations

import pytest

from modeling.run_progress import read_progress, seconds_left

ROWS = [
    {"step": "10", "epoch": "0.5", "loss": "5.0", "examples_per_second": "8.5", "valid_perplexity": ""},
    {"step": "20", "epoch": "1.0", "loss": "", "valid_perplexity": "30.0", "valid_strategy_accuracy": "0.3"},
    {"step": "30", "epoch": "1.5", "loss": "4.0", "examples_per_second": "9.5", "valid_perplexity": ""},
    {"step": "40", "epoch": "2.0", "loss": "", "valid_perplexity": "31.0", "valid_strategy_accuracy": "0.4"},
]


def test_the_newest_figures_and_the_best_validation_are_read() -> None:
    progress = read_progress(ROWS, epochs=4)
    assert progress is not None
    assert (progress.step, progress.epoch, progress.share) == (40, 2.0, 0.5)
    assert (progress.loss, progress.examples_per_second) == (4.0, 9.5)
    assert (progress.valid_perplexity, progress.best_perplexity, progress.best_step) == (31.0, 30.0, 20)
    assert progress.strategy_accuracy == 0.4


def test_before_the_first_row_there_is_no_progress() -> None:
    assert read_progress([], epochs=4) is None


def test_a_run_without_epochs_is_whole_at_its_first_row() -> None:
    progress = read_progress([{"step": "0", "epoch": "0.0", "valid_perplexity": "9.0"}], epochs=0)
    assert progress is not None
    assert progress.share == 1


def test_the_time_left_counts_this_attempt_only() -> None:
    # From 0.5 to 0.6 in ten seconds: the remaining 0.4 take forty.
    assert seconds_left(elapsed=10, share_before=0.5, share=0.6) == pytest.approx(40)
    assert seconds_left(elapsed=10, share_before=0.5, share=0.5) is None
