"""What was said, and how helpful it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.models.conversation import Conversation, Seat


class FeedbackRequest(models.Model):
    """The seeker is asked how helpful the last supporter utterances were (§4.2).

    The utterances it is about point here (`Utterance.feedback_request`).
    Personal data: a seeker's rating; kept with the conversation.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="feedback_requests")
    number = models.PositiveIntegerField()
    """1, 2, … within the conversation."""
    asked_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_after_ordinal = models.PositiveIntegerField(null=True, blank=True)
    """The last ordinal at the answer: in ESConv's form the score sits on the seeker's next message after it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="feedback_number_unique"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="feedback_score_range"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(answered_after_ordinal__isnull=False),
                name="feedback_answer_has_place",
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"feedback {self.number} of {self.conversation_id}"


class Utterance(models.Model):
    """One sent message. Never changed, only erased.

    Personal data: what a person wrote about themselves; erased on withdrawal, released only after de-identification.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="utterances")
    ordinal = models.PositiveIntegerField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="utterances")
    client_uid = models.CharField(max_length=64)
    strategy = models.CharField(max_length=50, blank=True)
    """Key of the strategy the supporter chose; empty for the seeker."""
    text = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True)
    """When it was stored, by the database's clock; unknown for an import."""
    feedback_request = models.ForeignKey(
        FeedbackRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="utterances"
    )
    compose_ms = models.PositiveIntegerField(default=0)
    key_count = models.PositiveIntegerField(default=0)
    pasted_chars = models.PositiveIntegerField(default=0)
    focus_losses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "ordinal"], name="utterance_ordinal_unique"),
            models.UniqueConstraint(
                fields=["conversation", "client_uid"], name="utterance_client_uid_unique"
            ),
            models.CheckConstraint(condition=Q(ordinal__gte=1), name="utterance_ordinal_from_one"),
        ]
        indexes = [
            # What every message of a supporter looks up: the few that no feedback request is about.
            models.Index(
                fields=["conversation"],
                condition=Q(feedback_request__isnull=True) & ~Q(strategy=""),
                name="utterance_unrated",
            )
        ]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return f"{self.ordinal} of {self.conversation_id}"


class StrategyRevision(models.Model):
    """A change of an utterance's strategy. The utterance keeps what was chosen first.

    Personal data: none.
    """

    class Source(models.TextChoices):
        """Who changed it."""

        AUTHOR = "author"
        ADJUDICATION = "adjudication"

    utterance = models.ForeignKey(Utterance, on_delete=models.PROTECT, related_name="revisions")
    old = models.CharField(max_length=50)
    new = models.CharField(max_length=50)
    source = models.CharField(max_length=20, choices=Source.choices)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"
