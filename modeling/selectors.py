"""Reads of the pages: trainings, checkpoints, evaluations, releases."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from modeling.models import Checkpoint, Evaluation, TrainingRun
from modeling.released_folders import ReleasedFolder, list_releases

METRICS = (
    "ppl",
    "ppl_per_utterance",
    "bleu_2",
    "rouge_l",
    "distinct_1",
    "distinct_2",
    "unigram_f1",
    "mean_length",
    "strategy_nll",
    "strategy_accuracy",
    "strategy_accuracy_sampled",
    "strategy_macro_f1",
)
"""What pages show of an evaluation, in order; the document has more."""


def run_list() -> QuerySet[TrainingRun]:
    """Return all trainings, newest first."""
    return TrainingRun.objects.select_related("checkpoint")


def run_get(run_id: int) -> TrainingRun | None:
    """Return one training."""
    return run_list().filter(pk=run_id).first()


def checkpoint_list() -> QuerySet[Checkpoint]:
    """Return all checkpoints, newest training first."""
    return Checkpoint.objects.select_related("run").prefetch_related("evaluations")


def evaluation_list() -> QuerySet[Evaluation]:
    """Return all evaluations, newest training first."""
    return Evaluation.objects.select_related("checkpoint__run")


def release_list() -> list[ReleasedFolder]:
    """Return the releases that can be trained on."""
    return list_releases(Path(settings.RELEASES))
