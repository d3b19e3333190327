"""What the lobby shows: honest numbers only."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from collection.domain.lobby import TicketState
from collection.models import Ticket
from collection.services.leaving import leaving_now
from collection.services.lobby import ticket_of
from study.clock import database_now
from study.domain.pay import wait_pay
from study.models import Participation
from study.models.participant import Role
from study.texts import money


def lobby_view(participation: Participation) -> dict[str, Any]:
    """Return the lobby's numbers for one participant."""
    ticket = ticket_of(participation)
    protocol = participation.protocol_version.protocol
    now = database_now()
    waited = (now - ticket.since).total_seconds() if ticket is not None else 0.0
    fresh = now - timedelta(seconds=protocol.chat.presence_seconds)
    other = Role.SUPPORTER if participation.role == Role.SEEKER else Role.SEEKER
    present = Ticket.objects.filter(study=participation.study, state=TicketState.WAITING, seen_at__gte=fresh)
    partners = present.filter(role=other).count()
    pay = wait_pay(protocol.rewards, wait_seconds=waited)
    leaving = leaving_now(participation, now=now)
    return {
        "role": participation.role,
        "waited_seconds": round(waited),
        "position": _position(ticket, present) if ticket is not None else 0,
        "waiting_partners": partners,
        "partners_online": partners,
        "estimate_text": _estimate(participation, now=now),
        "pay_text": _("Your wait has earned %(wait)s so far; if you left now, you would get %(together)s.")
        % {
            "wait": money(pay, protocol.rewards.currency),
            "together": money(leaving.total, protocol.rewards.currency),
        },
        "max_wait_seconds": protocol.chat.wait_cap_seconds,
        "status_url": reverse("collection:wait_status", args=[participation.public_id]),
        "practice_allowed": participation.study.is_demo,
        "cap_reached": ticket is not None
        and waited >= protocol.chat.wait_cap_seconds
        and not ticket.cap_waived,
    }


def _position(ticket: Ticket, present: Any) -> int:
    ahead = present.filter(role=ticket.role).filter(
        Q(priority__gt=ticket.priority) | Q(priority=ticket.priority, since__lt=ticket.since)
    )
    return int(ahead.count()) + 1


def _estimate(participation: Participation, *, now: datetime) -> str:
    """Say how long people waited lately; say that one does not know where nobody did."""
    recent = Ticket.objects.filter(
        study=participation.study,
        role=participation.role,
        state=TicketState.SEATED,
        ended_at__gte=now - timedelta(hours=1),
    )
    waits = [(t.ended_at - t.since).total_seconds() for t in recent if t.ended_at is not None]
    if not waits:
        return _("Nobody has been paired in the last hour, so we cannot say how long it will take.")
    minutes = median(waits) / 60
    if minutes < 1:
        return _("In the last hour most people waited less than a minute.")
    return _("In the last hour people waited about %(minutes)d minutes.") % {"minutes": round(minutes)}
