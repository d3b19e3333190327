"""Reads of the pages: trainings, checkpoints, evaluations, releases."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from modeling.domain.pairing import PairedTest, comparable, paired_tests
from modeling.domain.results import Evaluation as EvaluationDocument
from modeling.domain.results import from_document
from modeling.errors import ScoresUnusable
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


def evaluation_tests(one: Evaluation, other: Evaluation) -> list[PairedTest] | None:
    """Return the paired tests of two evaluations; None where they did not answer the same pieces.

    Raises:
        ScoresUnusable: a file is missing, or is not what was entered.
    """
    return _tests(one.path, one.file_sha256, other.path, other.file_sha256)


# A thousand resampled corpora take seconds; the files' digests say when they would give the same again.
@lru_cache(maxsize=64)
def _tests(one: Path, one_sha256: str, other: Path, other_sha256: str) -> list[PairedTest] | None:
    documents = _read(one, one_sha256), _read(other, other_sha256)
    return paired_tests(*documents) if comparable(*documents) else None


def _read(path: Path, sha256: str) -> EvaluationDocument:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScoresUnusable(
            f"{path.name} of {path.parent.name} cannot be read: {error.strerror}."
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ScoresUnusable(f"{path.name} of {path.parent.name} was changed after it was entered.")
    return from_document(msgspec.json.decode(content))
