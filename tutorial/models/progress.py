"""How far a supporter has come in the tutorial."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from study.models import Participant, ProtocolVersion


class PageProgress(models.Model):
    """One participant on one page of the tutorial: a sub-task or a safety page.

    Personal data: when a pseudonym opened and finished a page. Kept as long as the study's records.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="training_pages")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    page = models.CharField(max_length=60)
    """Key of the sub-task or of the safety page."""
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    """When every question of the page had its right answer and the reader went on."""

    class Meta:
        verbose_name_plural = "page progress"
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "protocol_version", "page"], name="page_progress_once_per_page"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=models.F("opened_at")),
                name="page_progress_opened_before_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page} of {self.participant_id}"


class QuizAnswer(models.Model):
    """One try at a question of a page's quiz. Append-only; logged, never scored.

    Personal data: a pseudonym's choice and its time. Kept as long as the study's records.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="quiz_answers")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    page = models.CharField(max_length=60)
    item_key = models.CharField(max_length=100)
    option = models.PositiveSmallIntegerField()
    """Index of the chosen option in the protocol, whatever order it was shown in."""
    correct = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["participant", "protocol_version", "page"], name="quiz_answer_of_page")
        ]

    def __str__(self) -> str:
        return f"{self.item_key}: {self.option}"
