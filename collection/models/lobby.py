"""Who waits for a partner."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.domain.lobby import OPEN_TICKETS, TicketState
from collection.models.conversation import Conversation
from study.models import Participant, Participation, Study
from study.models.participant import Role


class Ticket(models.Model):
    """One participant's wait for a partner.

    Personal data: the time a pseudonym spent waiting.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="tickets")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="tickets")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="tickets")
    role = models.CharField(max_length=10, choices=Role.choices)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in TicketState], default=TicketState.WAITING
    )
    priority = models.PositiveSmallIntegerField(default=0)
    """1 for somebody whose partner was not there; such a person goes first."""
    since = models.DateTimeField()
    """The queue's order. Kept when a ready check failed through the other side."""
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cap_waived = models.BooleanField(default=False)
    """The participant chose to wait on after the cap."""
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in TicketState]), name="ticket_state_known"
            ),
            # A person waits once, whatever number of tabs, roles or studies.
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(state__in=[s.value for s in OPEN_TICKETS]),
                name="ticket_one_open_per_participant",
            ),
        ]
        indexes = [models.Index(fields=["study", "role", "state", "-priority", "since"], name="ticket_queue")]

    def __str__(self) -> str:
        return f"{self.role} ticket {self.pk}"
