"""What participants have earned."""

from __future__ import annotations

from typing import Any

from django.db import models

from study.models.participant import Participation


class AppendOnly(Exception):
    """Somebody tried to change or delete what may only be added to."""


class _LedgerRows(models.QuerySet["LedgerEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnly("A ledger entry is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A ledger entry is never deleted.")


class LedgerEntry(models.Model):
    """One reason to pay one participation, or one conversation of it. Append-only, here and by triggers in the database.

    Personal data: amounts per pseudonym, kept for the study's accounts.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="ledger")
    reason = models.CharField(max_length=40)
    about = models.CharField(max_length=32, blank=True, default="")
    """Public id of the conversation that is paid; empty for what belongs to none, such as the wait."""
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField(auto_now_add=True)

    objects = _LedgerRows.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            # Retries and double clicks meet the same entry.
            models.UniqueConstraint(
                fields=["participation", "reason", "about"],
                name="ledger_one_entry_per_reason_and_conversation",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ledger_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} for {self.reason}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; a row that stands is never changed."""
        if not self._state.adding:
            raise AppendOnly("A ledger entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise AppendOnly("A ledger entry is never deleted.")
