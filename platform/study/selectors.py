"""Reads of the study room."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from study.models import LedgerEntry, Participation, Study


def study_open_list() -> Sequence[Study]:
    """Return the studies that take people in, demonstrations first."""
    return list(Study.objects.filter(state=Study.State.OPEN).order_by("-is_demo", "title"))


def participation_get(public_id: str) -> Participation | None:
    """Return a participation by its public id."""
    return (
        Participation.objects.select_related("participant", "study", "protocol_version", "consent")
        # Parsed once per process; its quarter of a megabyte need not come with every page.
        .defer("protocol_version__document")
        .filter(public_id=public_id)
        .first()
    )


def ledger_lines(participation: Participation) -> list[LedgerEntry]:
    """Return what the participation has earned, in the order booked."""
    return list(participation.ledger.order_by("pk"))


def ledger_total(participation: Participation) -> Decimal:
    """Return the sum of a participation's ledger."""
    total = participation.ledger.aggregate(total=Sum("amount"))["total"]
    # SQLite sums to a number without its trailing zeros.
    return (total if total is not None else Decimal(0)).quantize(Decimal("0.01"))
