"""Plan payments, write them as CSV, mark what was paid. Paying itself is done by a person at the recruiting site."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django.db.models import Prefetch

from study.clock import database_now
from study.domain.errors import PaymentRefused
from study.domain.recruitment import PROVIDERS
from study.identity import keyed_hash
from study.models import LedgerEntry, Participation, PaymentItem, PaymentLine, PaymentPlan, Study
from study.selectors import external_ids
from study.services.withdrawals import identities_settle


@dataclass(frozen=True, slots=True)
class Due:
    """What one participation is still owed."""

    participation: Participation
    external_id: str
    """The id to pay by: the site's submission, or the completion code where no site pays."""
    entries: tuple[LedgerEntry, ...]
    earned: Decimal
    paid_by_site: Decimal
    """What the site pays of `earned` by itself, through its completion code."""

    @property
    def amount(self) -> Decimal:
        """What is left to pay."""
        return max(Decimal(0), self.earned - self.paid_by_site)


def payments_due(study: Study, *, provider: str) -> list[Due]:
    """Return what the ended participations of a site are still owed, in the order they ended.

    Entries that stand in a plan are not due any more.
    """
    unplanned = LedgerEntry.objects.filter(payment_line__isnull=True).order_by("pk")
    ended = (
        Participation.objects.filter(study=study, provider=provider)
        .exclude(outcome="")
        .select_related("recruitment")
        .prefetch_related(Prefetch("ledger", unplanned, to_attr="unplanned"), "payments")
        .order_by("ended_at", "pk")
    )
    return [_due(participation) for participation in ended if participation.unplanned]


def _due(participation: Participation) -> Due:
    entries: tuple[LedgerEntry, ...] = tuple(participation.unplanned)  # type: ignore[attr-defined]
    earned = sum((entry.amount for entry in entries), Decimal(0))
    site = PROVIDERS.get(participation.provider)
    by_site = site is not None and site.arrives_by_link
    return Due(
        participation=participation,
        external_id=(
            external_ids(participation).get("session_id", "") if by_site else participation.completion_code
        ),
        entries=entries,
        earned=earned,
        paid_by_site=min(earned, _site_pay_left(participation)),
    )


def _site_pay_left(participation: Participation) -> Decimal:
    """Return what the site's own pay covers of entries that no plan has counted it against yet."""
    row = participation.recruitment
    code = row.codes.filter(outcome=participation.outcome).first() if row is not None else None
    counted = sum((item.paid_by_site for item in participation.payments.all()), Decimal(0))
    return max(Decimal(0), code.pays - counted) if code is not None else Decimal(0)


def plan_csv(dues: Iterable[Due]) -> str:
    """Return the lines `id,amount` of everybody to whom anything is left to pay, with two decimals.

    Raises:
        PaymentRefused: an id stands twice or is missing; a site would pay the wrong sum or nobody.
    """
    payable = [due for due in dues if due.amount > 0]
    if missing := [due.participation.public_id for due in payable if not due.external_id]:
        raise PaymentRefused(f"There is no id to pay {', '.join(missing[:5])} by.")
    twice = [found for found, count in Counter(due.external_id for due in payable).items() if count > 1]
    if twice:
        raise PaymentRefused(f"{len(twice)} ids stand twice; the site would pay one of the sums only.")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows((due.external_id, f"{due.amount:.2f}") for due in payable)
    return out.getvalue()


def payment_plan_make(study: Study, *, provider: str, path: Path) -> PaymentPlan:
    """Write what is due as CSV and mark it as planned: both or neither. What is planned is never planned again.

    A line of nothing is not written; it counts as paid, by the site.

    Raises:
        PaymentRefused: nothing is due, the file exists, or `plan_csv` refuses.
        OSError: the file cannot be written.
    """
    if path.exists():
        raise PaymentRefused(f"{path} exists. A plan is never written over anything.")
    try:
        with transaction.atomic():
            return _plan_make(study, provider=provider, path=path)
    except BaseException:
        # Writing is the last step: a file that stands there now belongs to a plan that was not remembered.
        path.unlink(missing_ok=True)
        raise


def _plan_make(study: Study, *, provider: str, path: Path) -> PaymentPlan:
    # Two plans at once: the lock lets one go first, and the other finds nothing due.
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    dues = payments_due(study, provider=provider)
    if not dues:
        raise PaymentRefused("Nothing is due.")
    text = plan_csv(dues)
    plan = PaymentPlan.objects.create(
        study=study,
        provider=provider,
        currency=study.protocol_version.protocol.rewards.currency,
        file_sha256=hashlib.sha256(text.encode()).hexdigest(),
        made_at=database_now(),
    )
    for due in dues:
        _item_create(plan, due)
    identities_settle()
    _write(path, text)
    return plan


def _item_create(plan: PaymentPlan, due: Due) -> None:
    item = PaymentItem.objects.create(
        plan=plan,
        participation=due.participation,
        earned=due.earned,
        paid_by_site=due.paid_by_site,
        amount=due.amount,
        id_hash=_id_hash(due.external_id),
        paid_at=None if due.amount else plan.made_at,
    )
    PaymentLine.objects.bulk_create(PaymentLine(item=item, entry=entry) for entry in due.entries)


def _write(path: Path, text: str) -> None:
    """Write the file as the last step, under its name only once it is whole; readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(draft).rename(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@transaction.atomic
def payment_mark_paid(study: Study, *, text: str) -> tuple[int, int]:
    """Mark the lines of a plan's file as paid; return how many were marked now, and how many had been before.

    The file may hold fewer lines than the plan, when the site refused some. Marking again changes nothing.

    Raises:
        PaymentRefused: a line is no `id,amount`, an id stands twice, or no single plan holds every line.
    """
    lines = _read(text)
    plan = _plan_of(study, text, lines)
    now = database_now()
    items = _items_by_line(plan)
    wanted = [items[line].pk for line in lines]
    fresh = PaymentItem.objects.filter(pk__in=wanted, paid_at__isnull=True).update(paid_at=now)
    identities_settle()
    return fresh, len(wanted) - fresh


def _id_hash(external_id: str) -> str:
    return keyed_hash("payment", external_id)


def _read(text: str) -> list[tuple[str, Decimal]]:
    lines: list[tuple[str, Decimal]] = []
    for number, row in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff"))), start=1):
        if not row:
            continue
        try:
            external_id, amount = row
            lines.append((_id_hash(external_id.strip()), Decimal(amount.strip())))
        except (ValueError, InvalidOperation):
            raise PaymentRefused(f"Line {number} is not `id,amount`.") from None
    if not lines:
        raise PaymentRefused("The file is empty.")
    if len({id_hash for id_hash, _amount in lines}) < len(lines):
        raise PaymentRefused("An id stands twice in the file.")
    return lines


def _plan_of(study: Study, text: str, lines: Sequence[tuple[str, Decimal]]) -> PaymentPlan:
    digest = hashlib.sha256(text.encode()).hexdigest()
    plans = list(PaymentPlan.objects.filter(study=study))
    whole = [plan for plan in plans if plan.file_sha256 == digest]
    fitting = whole or [plan for plan in plans if _items_by_line(plan).keys() >= set(lines)]
    fitting = [plan for plan in fitting if _items_by_line(plan).keys() >= set(lines)]
    if len(fitting) != 1:
        raise PaymentRefused(
            "No plan of this study holds every line of the file."
            if not fitting
            else "Several plans hold these lines; please give the plan's whole file."
        )
    return fitting[0]


def _items_by_line(plan: PaymentPlan) -> dict[tuple[str, Decimal], PaymentItem]:
    return {(item.id_hash, item.amount): item for item in plan.items.filter(amount__gt=0)}
