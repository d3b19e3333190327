"""Releases that are made in the background."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qualitycontrol.domain.release_job import JobState
from qualitycontrol.models.release import Release
from study.models import Study


class ReleaseJob(models.Model):
    """One release to be made with its figures, or the figures of one that was made elsewhere.

    Personal data: the user name of the staff member who asked for it.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="release_jobs")
    name = models.CharField(max_length=100)
    rehearsal = models.BooleanField(default=False)
    negative = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in JobState], default=JobState.QUEUED.value
    )
    phase = models.CharField(max_length=20, blank=True)
    """"release" or "figures" while it runs."""
    message = models.TextField(blank=True)
    """Why it failed."""
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs")
    queued_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    """The worker's last step."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in JobState]), name="release_job_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.name}"
