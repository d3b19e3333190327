"""Who read a conversation for what gives somebody away, and what they marked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from collection.api import Conversation
from qualitycontrol.domain.deidentify import KEEP
from qualitycontrol.domain.spans import Kind


class DeidentificationPass(models.Model):
    """One person's reading of all texts of one conversation.

    Personal data: which staff member read what, and when; kept as long as the conversation.
    """

    class Purpose(models.TextChoices):
        """What it is for."""

        REVIEW = "review"
        """To see what the rules found, and to add what they could not."""
        RECALL = "recall"
        """To mark everything from nothing, so that what the others missed shows."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="deidentification_passes"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    number = models.PositiveIntegerField()
    """1, 2, … within the conversation and purpose; the highest one that is complete counts."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Who reads, or read last before it was complete."""
    begun_at = models.DateTimeField()
    held_until = models.DateTimeField()
    """Until then nobody else may take it over; moved on with every act."""
    completed_at = models.DateTimeField(null=True, blank=True)
    """From then on neither it nor its marks change."""
    texts_sha256 = models.CharField(max_length=64, blank=True)
    """Of the texts as they were read; a conversation whose texts differ by now has to be read again."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "purpose", "number"], name="deidentification_pass_number"
            ),
            models.UniqueConstraint(
                fields=["conversation", "purpose"],
                condition=Q(completed_at__isnull=True),
                name="deidentification_one_open_pass",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, texts_sha256="")
                | Q(completed_at__isnull=False) & ~Q(texts_sha256=""),
                name="deidentification_complete_has_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number} of {self.conversation_id}"


class DeidentificationMark(models.Model):
    """One stretch of one text that identifies somebody, or that need not be replaced.

    Personal data: none of its own; it points into a text by numbers and holds no word of it.
    """

    reading = models.ForeignKey(DeidentificationPass, on_delete=models.CASCADE, related_name="marks")
    place = models.CharField(max_length=20)
    """Which text: see `qualitycontrol.domain.deidentify.Texts`."""
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=15, choices=[(kind.value, kind.value) for kind in Kind] + [(KEEP, KEEP)]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "place", "start", "end"], name="deidentification_mark_once"
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="deidentification_mark_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.place} {self.start}-{self.end}"
