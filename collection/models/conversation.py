"""A conversation, its two seats and its journal."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from study.models import Participation, ProtocolVersion, Study
from study.models.participant import Role, new_public_id


class Conversation(models.Model):
    """Two people, or a person and a program, in one conversation.

    Personal data: none of its own; see `Utterance` and the surveys.
    """

    class Origin(models.TextChoices):
        """Where the conversation comes from."""

        COLLECTED = "collected"
        PRACTICE = "practice"
        """With a program, for trying out. Never released."""
        AGENT = "agent"
        """With a model in the supporter's seat, to test the model (§6.4). Never released as collected."""
        IMPORTED = "imported"
        """Read from a file; it has no participants."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="conversations")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.COLLECTED)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in State], default=State.READY_CHECK
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    """When the present state ends by itself; swept by the database's clock."""
    last_ordinal = models.PositiveIntegerField(default=0)
    """Ordinal of the last utterance. Allocated while this row is locked, so commit order is reading order."""
    seeker_turns = models.PositiveIntegerField(default=0)
    """Runs of consecutive seeker messages so far; counted while this row is locked."""
    last_role = models.CharField(max_length=10, blank=True)
    """Whose message was the last: what makes the next one a new turn or not."""
    ended_ordinal = models.PositiveIntegerField(null=True, blank=True)
    """`last_ordinal` at the end: nothing comes after it."""
    end_reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in EndReason], blank=True)
    cards = models.CharField(max_length=20, blank=True)
    """The roles that are shown the card of help: "", "seeker", "seeker,supporter", …; written with the message."""
    source_name = models.CharField(max_length=200, blank=True)
    """For an import: the file's name and sha256."""
    source_index = models.PositiveIntegerField(null=True, blank=True)
    """For an import: the record's index in the file."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="conversation_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="chatting") | Q(started_at__isnull=False),
                name="conversation_chatting_has_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["surveying", "closed"])
                | (Q(ended_ordinal__isnull=False) & Q(ended_ordinal=F("last_ordinal")) & ~Q(end_reason="")),
                name="conversation_nothing_after_end",
            ),
            models.UniqueConstraint(
                fields=["source_name", "source_index"],
                name="conversation_imported_once",
                condition=~Q(source_name=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "deadline_at"]),
            models.Index(fields=["study", "-id"]),
            # The researchers' list, newest first. Not on last_ordinal: it changes with every message, and an
            # index on it would make each message write to all indexes.
            models.Index(fields=["state", "-id"], name="conversation_by_state"),
            models.Index(fields=["end_reason", "-id"], name="conversation_by_end_reason"),
            models.Index(fields=["created_at"], name="conversation_by_creation"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Seat(models.Model):
    """One role in one conversation, and who or what sits there.

    Personal data: the link from a conversation to a participant's pseudonym.
    """

    HUMAN = "human"

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=10, choices=Role.choices)
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, null=True, blank=True, related_name="seats"
    )
    occupant = models.CharField(max_length=100, default=HUMAN)
    """"human", or the key of the program that sits here, for example "scripted"."""
    ready_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    """Last sign of life of the browser."""
    active_at = models.DateTimeField(null=True, blank=True)
    """Last utterance or typing: silence is measured from here."""
    extended_at = models.DateTimeField(null=True, blank=True)
    """When this side asked for more time in a silence of its own; once."""
    exit_status = models.CharField(max_length=2, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    """When this side was done with the conversation, survey included."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "role"], name="seat_one_per_role"),
            models.UniqueConstraint(
                fields=["participation"],
                condition=Q(released_at__isnull=True),
                name="seat_one_open_per_participation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.conversation_id}"


class ConversationEvent(models.Model):
    """One step of a conversation's lifecycle. Append-only.

    Personal data: none.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    event = models.CharField(max_length=20)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    role = models.CharField(max_length=10, blank=True)
    """The seat that caused it; empty for the clock and the study team."""
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} of {self.conversation_id}"
