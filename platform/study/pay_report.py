"""What people really earn per hour, by role and outcome, against the protocol's floor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db.models import Sum

from study.domain.pay import hourly
from study.models import Participation, Study
from study.models.participant import Outcome

WITHOUT_FLOOR = frozenset({Outcome.NO_CONSENT, Outcome.TIMED_OUT})
"""Outcomes whose time says nothing: nobody worked, or nobody knows for how long."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The observed pay of one role and outcome."""

    role: str
    outcome: str
    people: int
    median_minutes: float
    """From the arrival to the end."""
    median_pay: Decimal
    per_hour: Decimal | None
    """Median pay for the median time, as recruiting sites judge it; None for no time at all."""
    below_floor: bool


def pay_rates(study: Study) -> list[Rate]:
    """Return the observed rates of everybody who has ended, sorted by role and outcome."""
    groups: dict[tuple[str, str], list[tuple[float, Decimal]]] = defaultdict(list)
    ended = Participation.objects.filter(study=study).exclude(outcome="").annotate(pay=Sum("ledger__amount"))
    for one in ended:
        assert one.ended_at is not None
        seconds = (one.ended_at - one.entered_at).total_seconds()
        groups[one.role, one.outcome].append((seconds, one.pay or Decimal(0)))
    floor = study.protocol_version.protocol.rewards.floor_per_hour
    return [_rate(role, outcome, rows, floor=floor) for (role, outcome), rows in sorted(groups.items())]


def _rate(role: str, outcome: str, rows: list[tuple[float, Decimal]], *, floor: Decimal) -> Rate:
    seconds = median(time for time, _pay in rows)
    pay = median(pay for _time, pay in rows)
    per_hour = hourly(pay, seconds=seconds)
    return Rate(
        role=role,
        outcome=outcome,
        people=len(rows),
        median_minutes=seconds / 60,
        median_pay=pay.quantize(Decimal("0.01")),
        per_hour=per_hour,
        below_floor=per_hour is not None and per_hour < floor and outcome not in WITHOUT_FLOOR,
    )
