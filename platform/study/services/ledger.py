"""Book what participants have earned. Append-only."""

from __future__ import annotations

from decimal import Decimal

from study.models import LedgerEntry, Participation


def ledger_book(
    participation: Participation, *, reason: str, amount: Decimal, about: str = ""
) -> LedgerEntry:
    """Book an amount under a reason, once: the same reason again returns the entry that stands.

    `about`: the public id of the conversation that is paid, where it is one.
    """
    entry, _created = LedgerEntry.objects.get_or_create(
        participation=participation,
        reason=reason,
        about=about,
        defaults={"amount": amount, "currency": participation.protocol_version.protocol.rewards.currency},
    )
    return entry
