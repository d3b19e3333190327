"""What the study team answers for: resources that were tried, and data that went when its time was over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from study.models.study import Study


class ResourceCheck(models.Model):
    """Somebody of a study tried one entry of its resources, and it was right. A later check replaces an earlier one.

    Personal data: the account of who checked.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="resource_checks")
    entry_sha256 = models.CharField(max_length=64)
    """Of the entry as it stood: a changed number has to be tried again."""
    name = models.CharField(max_length=200)
    checked_on = models.DateField()
    expires_on = models.DateField()
    """First day on which it has to be tried again."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("checked_on")), name="resource_check_expires_after"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, checked on {self.checked_on}"


class RetentionRun(models.Model):
    """What one run of the retention took out of one study. It holds counts, never what went. Append-only.

    Personal data: none.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="retention_runs")
    at = models.DateTimeField()
    erased = models.JSONField()
    """Counts under names of `study.services.retention.LABELS`."""

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"retention of {self.study_id} at {self.at:%Y-%m-%d}"
