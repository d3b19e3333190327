"""Words for amounts and their reasons, wherever a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from study.domain.pay import CHAT_REASON, PayLine
from study.models.participant import Outcome


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with two decimals and its currency."""
    return f"{amount:.2f} {currency}"


def pay_rows(lines: Iterable[PayLine], *, currency: str) -> list[dict[str, str]]:
    """Return lines of pay as rows of a table."""
    return [{"label": reason_label(line.reason), "amount": money(line.amount, currency)} for line in lines]


_COUNTRIES = {
    "AU": _lazy("Australia"),
    "CA": _lazy("Canada"),
    "GB": _lazy("United Kingdom"),
    "IE": _lazy("Ireland"),
    "US": _lazy("United States"),
}


def country_label(code: str) -> str:
    """Return a country's name, or its code where the pages do not know a name."""
    return str(_COUNTRIES.get(code, code))


def reason_label(reason: str) -> str:
    """Return the words of a ledger entry's reason."""
    if reason.startswith("outcome:"):
        return str(Outcome(reason.removeprefix("outcome:")).label)
    if reason.startswith(CHAT_REASON):
        return _("Conversation %(number)s") % {"number": reason.removeprefix(CHAT_REASON)}
    return {
        "wait": _("Waiting for a partner"),
        "training": _("Supporter training"),
        "training_part": _("The part of the training that you finished"),
    }.get(reason, reason)
