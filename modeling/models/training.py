"""A training that was started from the pages, and its journal."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from modeling.domain.training_lifecycle import Event, State, may
from modeling.domain.variants import Variant


class TrainingRun(models.Model):
    """One training of one run file on one corpus. What it learns lies in its folder.

    Personal data: the user name of the staff member who started it.
    """

    class Source(models.TextChoices):
        """Where the corpus comes from."""

        RELEASE = "release", "release"
        UPLOAD = "upload", "upload"

    source = models.CharField(max_length=10, choices=Source.choices)
    source_name = models.CharField(max_length=200)
    """The release's name, or the name of the uploaded file."""
    release_number = models.PositiveIntegerField(null=True, blank=True)
    protocols = models.JSONField(default=list)
    """The protocol versions in the release's manifest; empty for an upload."""
    corpus_sha256 = models.CharField(max_length=64)
    """Digest of the file's bytes, and its name in the store."""
    corpus_conversations = models.PositiveIntegerField()

    run_file = models.CharField(max_length=100)
    """Name of a file in `modeling/runs/`, without its ending."""
    variant = models.CharField(max_length=10)
    """What is trained: `vanilla` or `joint`."""
    evaluate_as = models.JSONField(default=list)
    """The variants that the checkpoint is evaluated as, on the test part."""
    seed = models.PositiveIntegerField()
    epochs = models.PositiveIntegerField()

    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in State], default=State.QUEUED.value
    )
    attempt = models.PositiveIntegerField(default=0)
    """How often a worker has started it. A worker stops when it is no longer the newest."""
    phase = models.CharField(max_length=30, blank=True)
    """What the worker does now: `train`, or `evaluate` and a variant."""
    progress = models.JSONField(default=dict)
    """See `modeling.run_progress.Progress`; empty before the first logged step."""
    message = models.TextField(blank=True)
    """Why it failed, in a sentence."""
    folder = models.CharField(max_length=120, unique=True)
    """Name of its folder below the store's `runs`."""

    started_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    """When the newest attempt began."""
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="training_state_known"
            ),
            models.CheckConstraint(
                condition=Q(variant__in=[Variant.VANILLA.value, Variant.JOINT.value]),
                name="training_variant_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING.value) | Q(heartbeat_at__isnull=False),
                name="training_running_is_alive",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="training_state_heartbeat")]

    def __str__(self) -> str:
        return f"training {self.pk}: {self.run_file} on {self.source_name}"

    @property
    def path(self) -> Path:
        """The folder of its log, its checkpoints and its evaluations."""
        return Path(settings.MODELS) / "runs" / self.folder

    @property
    def corpus_path(self) -> Path:
        """The stored copy of the corpus."""
        return Path(settings.MODELS) / "corpora" / f"{self.corpus_sha256}.json"

    @property
    def may_cancel(self) -> bool:
        """Whether a person may stop it."""
        return may(State(self.state), Event.CANCEL)

    @property
    def may_resume(self) -> bool:
        """Whether a person may let it go on."""
        return may(State(self.state), Event.RESUME)


class TrainingEvent(models.Model):
    """One step of a training's lifecycle. Append-only.

    Personal data: the user name of the staff member who asked for it.
    """

    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    event = models.CharField(max_length=10, choices=[(e.value, e.value) for e in Event])
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    by = models.CharField(max_length=150, blank=True)
    """Who asked for it; empty for a worker or a sweep."""
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} of training {self.run_id}"
