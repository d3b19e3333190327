"""What reviewers said of the emotion intensity."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from qualitycontrol.domain.intensity import Action
from qualitycontrol.models.assessment import Assessment


class IntensityDecision(models.Model):
    """One reviewer's decision on one queried assessment. Append-only; the seeker's own answer is never changed.

    Personal data: who decided what; kept as long as the conversation.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="intensity_decisions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Action])
    intensity_after = models.PositiveSmallIntegerField()
    """As it stands after this decision."""
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "reviewer"], name="intensity_one_per_reviewer"),
            models.CheckConstraint(condition=~Q(reason=""), name="intensity_reason_given"),
            models.CheckConstraint(condition=Q(intensity_after__range=(1, 5)), name="intensity_after_range"),
        ]

    def __str__(self) -> str:
        return f"{self.action} for {self.assessment_id}"
