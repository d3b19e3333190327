"""Words for amounts and their reasons, wherever a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from study.domain.pay import PayLine
from study.models.participant import Outcome


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with two decimals and its currency."""
    return f"{amount:.2f} {currency}"


def pay_rows(lines: Iterable[PayLine], *, currency: str) -> list[dict[str, str]]:
    """Return lines of pay as rows of a table."""
    return [{"label": reason_label(line.reason), "amount": money(line.amount, currency)} for line in lines]


def reason_label(reason: str) -> str:
    """Return the words of a ledger entry's reason."""
    if reason.startswith("outcome:"):
        return str(Outcome(reason.removeprefix("outcome:")).label)
    return {
        "wait": _("Waiting for a partner"),
        "training": _("Supporter training"),
        "training_part": _("The part of the training that you finished"),
    }.get(reason, reason)
