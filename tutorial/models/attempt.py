"""Attempts at the exam."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from study.models import Participant, Participation, ProtocolVersion
from tutorial.domain.lifecycle import State


class Attempt(models.Model):
    """One attempt of one participant at the exam of one protocol.

    Personal data: a pseudonym's score and times. Kept as long as the study's records, since the supporter's
    conversations rest on it.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="attempts")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="attempts")
    """The entry into the study in which the attempt was started."""
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="attempts")
    protocol_name = models.CharField(max_length=100)
    """Attempts are numbered and limited over all versions of a protocol: a new version is no new chance."""
    number = models.PositiveSmallIntegerField()
    seed = models.PositiveBigIntegerField()
    """Draws the same questions in the same order again; never leaves the server."""
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in State], default=State.OPEN.value
    )
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    subtask_correct = models.PositiveSmallIntegerField(null=True, blank=True)
    harm_correct = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "protocol_name", "number"], name="attempt_number_unique"
            ),
            # Two tabs and a hundred requests meet the same open attempt.
            models.UniqueConstraint(
                fields=["participant", "protocol_name"],
                condition=Q(state=State.OPEN.value),
                name="attempt_one_open_per_participant",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="attempt_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.OPEN.value,
                    submitted_at__isnull=True,
                    subtask_correct__isnull=True,
                    harm_correct__isnull=True,
                )
                | (
                    ~Q(state=State.OPEN.value)
                    & Q(
                        submitted_at__isnull=False,
                        subtask_correct__isnull=False,
                        harm_correct__isnull=False,
                    )
                ),
                name="attempt_marked_when_handed_in",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_number_from_one"),
        ]
        ordering = ["participant", "protocol_name", "number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.participant_id}"


class AttemptItem(models.Model):
    """One question of an attempt, with its answer.

    Personal data: a pseudonym's answer and its time; see `Attempt`.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="items")
    ordinal = models.PositiveSmallIntegerField()
    """Place in the exam, 1 first. The browser knows a question by this number only: the key would name the skill."""
    item_key = models.CharField(max_length=100)
    subtask = models.CharField(max_length=60)
    option_order = models.JSONField()
    """Indices into the item's options in the order shown."""
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    """When the present answer was given."""
    seconds = models.FloatField(null=True, blank=True)
    """From the first showing to the first answer, by the server's clock."""
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    """The chosen option's place as shown, 1 first."""
    correct = models.BooleanField(null=True, blank=True)
    """Set when the attempt is marked, never before."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "ordinal"], name="attempt_item_ordinal_unique"),
            models.UniqueConstraint(fields=["attempt", "item_key"], name="attempt_item_once"),
            models.CheckConstraint(
                condition=Q(answer__isnull=True, answered_at__isnull=True, seconds__isnull=True)
                | Q(answer__gte=1, answered_at__isnull=False, seconds__gte=0),
                name="attempt_item_answer_with_time",
            ),
            models.CheckConstraint(
                condition=Q(correct__isnull=True) | Q(answer__isnull=False),
                name="attempt_item_marked_after_answer",
            ),
        ]
        ordering = ["attempt", "ordinal"]

    def __str__(self) -> str:
        return f"question {self.ordinal} of attempt {self.attempt_id}"
