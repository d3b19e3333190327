"""What a researcher should look at."""

from __future__ import annotations

from django.db import models

from collection.api import Conversation


class ConversationFlag(models.Model):
    """One flag of one conversation. It informs; no verdict depends on it.

    Personal data: none; it names messages and other conversations by number.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="flags")
    name = models.CharField(max_length=40)
    """See `qualitycontrol.domain.flags.RULES`."""
    explanation = models.TextField()
    ordinals = models.JSONField(default=list)
    """The messages it is about."""
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "name"], name="flag_once_per_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.conversation_id}"

    @property
    def words(self) -> str:
        """The name as words."""
        return self.name.replace("_", " ")
