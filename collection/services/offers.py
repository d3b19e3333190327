"""The offer to look for another partner, to somebody whose conversation was taken from them.

The offer is no row of its own: it stands while a participation goes on after a conversation and does not wait anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from collection.domain.lobby import TicketState
from collection.models import Seat, Ticket
from study.models import Participation, ProtocolVersion
from study.models.participant import Role


def offer_ends_at(participation: Participation) -> datetime | None:
    """Return until when the participation may say that it looks for another partner; None where nothing is offered."""
    last = Ticket.objects.filter(participation=participation).order_by("-pk").first()
    if participation.ended or last is None or last.state != TicketState.SEATED:
        return None
    seats = Seat.objects.filter(participation=participation)
    if seats.filter(released_at__isnull=True).exists():
        return None
    over_at: datetime | None = seats.aggregate(at=Max("released_at"))["at"]
    if over_at is None:
        return None
    rules = participation.protocol_version.protocol.chat
    return over_at + timedelta(seconds=rules.another_partner_seconds)


def offers_open(version: ProtocolVersion, *, until: datetime) -> QuerySet[Participation, int]:
    """Return the ids of the participations under a protocol whose offer has stood since `until` or before."""
    sitting = Seat.objects.filter(participation=OuterRef("pk"), released_at__isnull=True)
    last = Ticket.objects.filter(participation=OuterRef("pk")).order_by("-pk").values("state")[:1]
    return (
        Participation.objects.filter(~Exists(sitting), protocol_version=version, outcome="")
        .annotate(last_wait=Subquery(last), over_at=Max("seats__released_at"))
        .filter(last_wait=TicketState.SEATED, over_at__lte=until)
        # Between the two conversations of a comparison nobody is offered another partner.
        .exclude(role=Role.SEEKER if version.protocol.comparison else "none")
        .values_list("pk", flat=True)
    )
