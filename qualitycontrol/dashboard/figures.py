"""A study's single figures: today's intake, money, waits, broken pairs, the mix of strategies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from statistics import median, quantiles

from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from collection.api import EndReason, StrategyRevision, Ticket, TicketState, Utterance
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.funnel import conversations_begun
from qualitycontrol.selectors import assessments_current
from study.models import LedgerEntry, Participation, PaymentItem, Study
from study.models.participant import Role
from study.selectors import study_booked, study_committed

WHOLE = frozenset({EndReason.FINISHED, EndReason.TIME_UP})
"""Ends at which nobody left the other one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number."""

    key: str
    title: str
    value: int | Decimal | None
    """None where there is nothing to compute it from."""
    how: str


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one role waits for a partner."""

    role: str
    waiting: int
    """Now."""
    seated: int
    """Waits that led to a conversation."""
    median_minutes: float | None
    long_minutes: float | None
    """Nine waits of ten were shorter."""
    unmatched: int
    """Waits that ended without a partner: left, gone, or not there at the ready check."""


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole."""

    key: str
    title: str
    count: int
    share: float
    """0 to 1."""

    @property
    def percent(self) -> float:
        """The bar's length, 0 to 100."""
        return 100 * self.share


def today(study: Study, *, now: datetime) -> list[Figure]:
    """Return what came in since midnight of the site's time zone."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    came = Participation.objects.filter(study=study, entered_at__gte=midnight)
    begun = conversations_begun(study).filter(started_at__gte=midnight)
    kept = assessments_current().filter(
        conversation__in=conversations_begun(study).values("pk"),
        made_at__gte=midnight,
        state__in=[State.QUALIFIED, State.RELEASED],
    )
    spent = LedgerEntry.objects.filter(participation__study=study, booked_at__gte=midnight)
    return [
        Figure("arrived", _("Arrived"), came.count(), _("Participations that were entered today.")),
        Figure(
            "seekers",
            _("Seekers"),
            came.filter(role=Role.SEEKER).count(),
            _("Of these, those who chose to seek help."),
        ),
        Figure(
            "supporters",
            _("Supporters"),
            came.filter(role=Role.SUPPORTER).count(),
            _("Of these, those who chose to support."),
        ),
        Figure("begun", _("Conversations begun"), begun.count(), _("Conversations with a start of today.")),
        Figure("kept", _("Conversations kept"), kept.count(), _("Verdicts of today that are “qualified”.")),
        Figure(
            "spent",
            _("Spent"),
            (spent.aggregate(total=Sum("amount"))["total"] or Decimal(0)).quantize(Decimal("0.01")),
            _("Sum of the ledger's entries of today."),
        ),
    ]


def money(study: Study) -> list[Figure]:
    """Return what is booked, what may still come, the caps and what is paid."""
    paid = PaymentItem.objects.filter(plan__study=study, paid_at__isnull=False)
    total = (paid.aggregate(total=Sum("earned"))["total"] or Decimal(0)).quantize(Decimal("0.01"))
    return [
        Figure("booked", _("Booked"), study_booked(study), _("Sum of the ledger.")),
        Figure(
            "committed",
            _("Committed"),
            study_committed(study),
            _("Booked, and the most that everybody inside may still earn, without waits."),
        ),
        Figure("soft", _("Soft cap"), study.budget_soft, _("Nobody new comes in once this much is booked.")),
        Figure(
            "hard",
            _("Hard cap"),
            study.budget_hard,
            _("Nobody new comes in whose pay, with everybody's inside, could exceed this."),
        ),
        Figure("paid", _("Paid"), total, _("Sum of the payment plans' lines that are marked as paid.")),
    ]


def waits(study: Study) -> list[Wait]:
    """Return the waits of each role."""
    return [_wait(study, role) for role in Role.values]


def _wait(study: Study, role: str) -> Wait:
    tickets = Ticket.objects.filter(study=study, role=role)
    seated = tickets.filter(state=TicketState.SEATED, ended_at__isnull=False)
    times = seated.values_list("since", "ended_at")
    minutes = [(end - since).total_seconds() / 60 for since, end in times if end is not None]
    return Wait(
        role=role,
        waiting=tickets.filter(state__in=[TicketState.WAITING, TicketState.MATCHED]).count(),
        seated=len(minutes),
        median_minutes=median(minutes) if minutes else None,
        long_minutes=quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else None,
        unmatched=tickets.filter(state__in=[TicketState.LEFT, TicketState.GONE, TicketState.NO_SHOW]).count(),
    )


def broken(study: Study) -> tuple[int, int]:
    """Return how many conversations that are over broke, and how many are over.

    A conversation breaks when one side leaves, falls silent or withdraws, or when something on our side does.
    """
    over = (
        conversations_begun(study)
        .exclude(end_reason="")
        .aggregate(all=Count("pk"), whole=Count("pk", filter=Q(end_reason__in=WHOLE)))
    )
    return over["all"] - over["whole"], over["all"]


def strategy_mix(study: Study) -> list[Share]:
    """Return how often each strategy was used in the begun conversations, as it stands after all changes.

    In the order of the study's protocol; a strategy of an older version only comes last.
    """
    said = Utterance.objects.filter(conversation__in=conversations_begun(study).values("pk"))
    counts: Counter[str] = Counter(
        dict(said.exclude(strategy="").order_by().values_list("strategy").annotate(count=Count("pk")))
    )
    changes = StrategyRevision.objects.filter(utterance__in=said.values("pk")).order_by("pk")
    last = {
        pk: (first, new)
        for pk, first, new in changes.values_list("utterance", F("utterance__strategy"), "new")
    }
    for first, new in last.values():
        counts[first] -= 1
        counts[new] += 1
    names = {one.key: one.name for one in study.protocol_version.protocol.strategies}
    total = sum(counts.values())
    keys = [*names, *sorted(set(counts) - set(names))]
    return [
        Share(key, names.get(key, key), counts[key], counts[key] / total if total else 0.0) for key in keys
    ]
