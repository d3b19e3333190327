"""Which conversations are judged good or bad by people, to calibrate the approval rule with."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from collection.api import Conversation
from study.models import Study


class JudgingSample(models.Model):
    """Conversations drawn for everybody to judge, so that judges can be compared.

    Personal data: the staff member who drew it.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    size = models.PositiveIntegerField()
    """As asked for; there are fewer items where there were fewer conversations."""
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "seed", "size"], name="judging_sample_drawn_once")
        ]

    def __str__(self) -> str:
        return f"{self.size} of {self.study_id}, seed {self.seed}"


class JudgingItem(models.Model):
    """One conversation of a sample.

    Personal data: none of its own.
    """

    sample = models.ForeignKey(JudgingSample, on_delete=models.PROTECT, related_name="items")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    """Order in which it is judged, from 0."""

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "conversation"], name="judging_item_once"),
            models.UniqueConstraint(fields=["sample", "place"], name="judging_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.sample_id}"
