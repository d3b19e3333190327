"""What annotators said of whole conversations, to calibrate the approval rule with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.api import Conversation


class Judgement(models.Model):
    """One annotator's word on one conversation: good or bad (Appendix D).

    Personal data: the annotator's name, as the file had it or as the account is called.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="judgements")
    annotator = models.CharField(max_length=100)
    good = models.BooleanField()
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "annotator"], name="judgement_once_per_annotator"
            ),
            models.CheckConstraint(condition=~Q(annotator=""), name="judgement_annotator_named"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} on {self.conversation_id}: {'good' if self.good else 'bad'}"
