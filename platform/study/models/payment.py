"""Plans of payment: which entries of the ledger were handed to whom pays, and which are paid.

A plan is a file of `id,amount` lines that a person gives to the recruiting site. Each entry of the ledger stands in
one plan at most, so nothing is paid twice.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from study.models.ledger import LedgerEntry
from study.models.participant import Participation
from study.models.study import Study


class PaymentPlan(models.Model):
    """One file of payments.

    Personal data: none; the ids stand in the file only.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="payment_plans")
    provider = models.CharField(max_length=30)
    currency = models.CharField(max_length=3)
    file_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"plan {self.pk} for {self.provider}"


class PaymentItem(models.Model):
    """One participation's line of a plan.

    Personal data: amounts per pseudonym, kept for the study's accounts.
    """

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="items")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="payments")
    earned = models.DecimalField(max_digits=8, decimal_places=2)
    """Sum of the ledger entries of this line."""
    paid_by_site = models.DecimalField(max_digits=8, decimal_places=2)
    """What the site pays of it by itself, through its completion code."""
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    """What is left to pay: the line's figure; a line of zero is not written."""
    id_hash = models.CharField(max_length=64)
    """Keyed hash of the id in the file: marks the line as paid even when the id itself is erased by then."""
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "participation"], name="payment_once_per_plan"),
            models.CheckConstraint(
                condition=Q(earned__gte=0, paid_by_site__gte=0, amount__gte=0),
                name="payment_amounts_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} in plan {self.plan_id}"


class PaymentLine(models.Model):
    """One ledger entry that a plan pays.

    Personal data: none of its own.
    """

    item = models.ForeignKey(PaymentItem, on_delete=models.PROTECT, related_name="lines")
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="payment_line")

    def __str__(self) -> str:
        return f"entry {self.entry_id} in item {self.item_id}"
