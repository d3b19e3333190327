"""The turns of agents in conversations: each is made once, sent once, and leaves how it went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.api import Conversation
from modeling.domain.turn_lifecycle import TurnState
from modeling.models.agent import Agent


class AgentTurn(models.Model):
    """One message of an agent, from the wish for it to the sending.

    Personal data: a message that was not sent yet, which may repeat what a participant said; it is emptied when the
    message is sent or dropped.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="agent_turns")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="turns")
    after_ordinal = models.PositiveIntegerField()
    """The message that it answers; sent only while that is the last."""
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in TurnState])
    attempts = models.PositiveIntegerField(default=1)
    """How many workers have begun it."""
    wanted_at = models.DateTimeField()
    """When the pause was over."""
    alive_at = models.DateTimeField()
    """Last sign of life of the worker that makes it."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is sent: the typing that is shown ends."""
    ended_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(blank=True)
    """The message while it waits to be sent; empty before and after."""
    strategy = models.CharField(max_length=50, blank=True)
    """Key of the protocol's strategy; empty for a model that knows of none."""
    record = models.JSONField(default=dict)
    """How it came about: engine, model, tokens, milliseconds, batch, tries. Never words."""
    error = models.CharField(max_length=200, blank=True)
    """Why it failed or was dropped: a sentence of ours."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "after_ordinal"], name="agent_turn_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in TurnState]), name="agent_turn_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=TurnState.READY.value) | Q(text=""), name="agent_turn_text_only_while_ready"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "alive_at"],
                condition=Q(state__in=[TurnState.MAKING.value, TurnState.READY.value]),
                name="agent_turn_open",
            ),
            models.Index(fields=["agent", "-ended_at"], name="agent_turn_recent"),
        ]

    def __str__(self) -> str:
        return f"turn after {self.after_ordinal} of {self.conversation_id}"


class AgentPreview(models.Model):
    """A private chat of a staff member with an agent, to try it. No participant, no record of the study.

    Personal data: what the staff member typed; deleted after a day.
    """

    class State(models.TextChoices):
        """Whose turn it is."""

        OPEN = "open"
        """The staff member's."""
        ASKED = "asked"
        """The agent's."""
        FAILED = "failed"
        """The agent did not answer; the staff member may say something else."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="previews")
    by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    messages = models.JSONField(default=list)
    """Each with `role`, `text`, `strategy` (published label) and, for the agent's, `seconds`."""
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "asked", "failed"]), name="agent_preview_state_known"
            ),
            models.UniqueConstraint(fields=["agent", "by"], name="agent_preview_one_each"),
        ]

    def __str__(self) -> str:
        return f"preview of {self.agent_id} by {self.by}"
