"""Who looked at what."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from collection.api import Conversation


class AppendOnly(Exception):
    """Somebody tried to change or delete what may only be added to."""


class AuditEvent(models.Model):
    """One staff member's look at a transcript, or an act on it. Append-only.

    Personal data: which staff member read which conversation, and when; kept as long as the conversation.
    """

    class Action(models.TextChoices):
        """What was done."""

        TRANSCRIPT_READ = "transcript_read"
        INTENSITY_DECIDED = "intensity_decided"
        STRATEGY_ADJUDICATED = "strategy_adjudicated"
        TEAM_WROTE = "team_wrote"
        TEAM_ENDED = "team_ended"
        DEIDENTIFIED = "deidentified"

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=30, choices=Action.choices)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["conversation", "at"])]

    def __str__(self) -> str:
        return f"{self.action} of {self.conversation_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; a row that stands is never changed."""
        if not self._state.adding:
            raise AppendOnly("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise AppendOnly("An audit event is never deleted.")
