"""What was released, when, from which assessments."""

from __future__ import annotations

from django.db import models

from collection.api import Conversation
from qualitycontrol.models.assessment import Assessment


class Release(models.Model):
    """One numbered release of the corpus. Never changed.

    Personal data: none; the released texts lie in the files.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=100)
    rehearsal = models.BooleanField(default=False)
    """Whether it holds conversations of scripted participants under shortened gates, and nothing else."""
    negative = models.BooleanField(default=False)
    """Whether it holds refused conversations that did not help, in the form of FailedESConv.json."""
    created_at = models.DateTimeField()
    manifest = models.JSONField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"release {self.number}: {self.name}"


class ReleaseItem(models.Model):
    """One conversation of a release and the assessment that admitted it.

    Personal data: the link from a released record to a conversation.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="release_items")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="release_items")
    position = models.PositiveIntegerField()
    """Zero-based index in the released file."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "conversation"], name="release_conversation_once"),
            models.UniqueConstraint(fields=["release", "position"], name="release_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.release_id}"
