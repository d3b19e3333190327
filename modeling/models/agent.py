"""Programs that can take the supporter's seat, each a fixed version; how they do is beside it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from modeling.domain.agent_config import AgentConfig, parse_config
from modeling.models.checkpoint import Checkpoint
from study.models.participant import new_public_id

OCCUPANT_PREFIX = "agent:"
"""What the occupant of an agent's seat begins with; its public id follows."""


class Agent(models.Model):
    """A model in the supporter's seat. A version never changes; another configuration is another version.

    Personal data: the user name of the staff member who made it.
    """

    class Kind(models.TextChoices):
        """What answers."""

        CHECKPOINT = "checkpoint", "trained checkpoint"
        SCRIPTED = "scripted", "scripted lines"
        OPENAI = "openai", "OpenAI-compatible server"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="agents"
    )
    weights_sha256 = models.CharField(max_length=64, blank=True)
    """The checkpoint's digest when the agent was made: weights that changed since are not served."""
    variant = models.CharField(max_length=10, blank=True)
    """`vanilla`, `joint` or `random` for a checkpoint; empty otherwise."""
    config = models.JSONField(default=dict)
    """See `modeling.domain.agent_config`."""
    enabled = models.BooleanField(default=True)
    """Whether new conversations may begin with it."""
    practice = models.BooleanField(default=False)
    """Whether it is the supporter of practice conversations in demonstrations."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    failures = models.PositiveIntegerField(default=0)
    """Turns in a row that were given up."""
    paused_until = models.DateTimeField(null=True, blank=True)
    """Until then nobody is seated with it, after too many failures."""
    last_error = models.CharField(max_length=200, blank=True)
    """Why the last turn failed: a sentence of ours, never anybody's words."""

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="agent_version_once"),
            models.UniqueConstraint(
                fields=["practice"], condition=Q(practice=True), name="agent_one_for_practice"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["checkpoint", "scripted", "openai"]), name="agent_kind_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="checkpoint", checkpoint__isnull=False)
                    | Q(~Q(kind="checkpoint"), checkpoint__isnull=True)
                ),
                name="agent_checkpoint_where_it_is_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def occupant(self) -> str:
        """The key of its seats (`Seat.occupant`)."""
        return f"{OCCUPANT_PREFIX}{self.public_id}"

    @property
    def settled(self) -> AgentConfig:
        """Its configuration, read."""
        return parse_config(self.config)
