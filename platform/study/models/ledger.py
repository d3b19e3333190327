"""What participants have earned."""

from __future__ import annotations

from django.db import models

from study.models.participant import Participation


class LedgerEntry(models.Model):
    """One reason to pay one participation. Append-only: never changed, never deleted.

    Personal data: amounts per pseudonym, kept for the study's accounts.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="ledger")
    reason = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            # Retries and double clicks meet the same entry.
            models.UniqueConstraint(fields=["participation", "reason"], name="ledger_one_entry_per_reason"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ledger_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} for {self.reason}"
