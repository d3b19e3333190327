"""The verdicts on conversations. A new verdict is a new row; none is overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.api import Conversation
from qualitycontrol.domain.lifecycle import Event, State
from study.models import ProtocolVersion


class Assessment(models.Model):
    """What one protocol version says of one conversation, at one time.

    Personal data: none; scores and mean lengths only.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="assessments")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    """1, 2, … within the conversation."""
    state = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in State], default=State.PENDING
    )
    alternative_state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in State])
    """The rule's verdict under the alternative reading of the last feedback scores."""
    reasons = models.JSONField(default=list)
    """Codes in order; see `qualitycontrol.domain.assessment.Verdict.reasons`."""
    criteria = models.JSONField(default=list)
    """Every criterion in the protocol's order: name, value, threshold, met, explanation."""
    utterances = models.PositiveIntegerField()
    long_enough = models.BooleanField()
    surveyed = models.BooleanField()
    made_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    """When a newer assessment under the same protocol version took its place."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="assessment_number_unique"),
            models.UniqueConstraint(
                fields=["conversation", "protocol_version"],
                condition=Q(superseded_at__isnull=True),
                name="assessment_one_current",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="assessment_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "superseded_at"])]

    def __str__(self) -> str:
        return f"assessment {self.number} of {self.conversation_id}: {self.state}"


class AssessmentEvent(models.Model):
    """One step of an assessment's lifecycle. Append-only.

    Personal data: the user name of the staff member who decided.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    event = models.CharField(max_length=20, choices=[(e.value, e.value) for e in Event])
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    by = models.CharField(max_length=150, blank=True)
    """Who decided; empty for the rule itself."""
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} of {self.assessment_id}"
