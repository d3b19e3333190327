"""Who withdrew, and what was erased."""

from __future__ import annotations

from django.db import models

from study.models.participant import Participant


class Withdrawal(models.Model):
    """The receipt of a withdrawal. It holds counts, never what was erased.

    Personal data: that a pseudonym withdrew, and when; kept as proof that the erasure was done.
    """

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="withdrawal")
    number = models.CharField(max_length=20, unique=True)
    """What the participant can name to the study team. Random."""
    at = models.DateTimeField()
    erased = models.JSONField()
    """Counts under names of `study.services.withdrawals.LABELS`."""
    identity_erased_at = models.DateTimeField(null=True, blank=True)
    """When the recruiting ids went: at once, or with the last payment."""

    def __str__(self) -> str:
        return self.number
