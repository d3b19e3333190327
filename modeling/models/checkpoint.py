"""The registry: the checkpoint that a training left, and its evaluations."""

from __future__ import annotations

from pathlib import Path

from django.db import models

from modeling.models.training import TrainingRun


class Checkpoint(models.Model):
    """The checkpoint of lowest validation perplexity of one training.

    Personal data: none of its own; weights may reproduce what was released.
    """

    run = models.OneToOneField(TrainingRun, on_delete=models.PROTECT, related_name="checkpoint")
    weights_sha256 = models.CharField(max_length=64)
    """Digest of the weight files; see `modeling.checkpoint_files.weights_digest`."""
    size_bytes = models.PositiveBigIntegerField()
    step = models.PositiveIntegerField()
    """Optimiser steps behind it."""
    parameters = models.PositiveBigIntegerField()
    metrics = models.JSONField()
    """The validation that chose it: perplexity, strategy_nll, strategy_accuracy."""
    code_commit = models.CharField(max_length=60, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ["-run_id"]

    def __str__(self) -> str:
        return f"checkpoint of {self.run}"

    @property
    def path(self) -> Path:
        """The folder of its weights, tokenizer and manifest."""
        return self.run.path / "best"


class Evaluation(models.Model):
    """What was measured of a checkpoint as one variant, on the test part.

    Personal data: none; the responses lie in the file.
    """

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="evaluations")
    variant = models.CharField(max_length=10)
    part = models.CharField(max_length=10)
    pieces = models.PositiveIntegerField()
    metrics = models.JSONField()
    """Every metric by its name in `docs/reference/modeling.md`; null where it does not apply."""
    intervals = models.JSONField()
    """Of each metric, the ends of its 95 % interval."""
    weights_sha256 = models.CharField(max_length=64)
    """The weights that were measured."""
    file_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-checkpoint_id", "variant"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "variant", "part"], name="evaluation_once_per_variant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint} as {self.variant}"

    @property
    def path(self) -> Path:
        """The document that `python -m modeling evaluate` wrote."""
        return self.checkpoint.run.path / f"{self.part}-{self.variant}.json"
