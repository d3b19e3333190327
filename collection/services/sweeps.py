"""Deadlines: columns that any number of sweepers, at any time, act upon once.

A restart forgets nothing: what is due is found by its column, judged by the database's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from collection import agents
from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.lobby import OPEN_TICKETS, TicketEvent, TicketState
from collection.models import Conversation, Seat, Ticket
from collection.services.conversations import conversation_close, conversation_locked, conversation_stop
from collection.services.leaving import participation_leave
from collection.services.lobby import lobby_leave, ready_check_expire, ticket_advance
from collection.services.offers import offers_open
from collection.services.seats import part_end, seat_release
from study.clock import database_now
from study.models import Participation, ProtocolVersion
from study.models.participant import Outcome

log = logging.getLogger(__name__)
BATCH = 200
AGENT_OVERDUE_SECONDS = 20
"""A program that has not answered for so long is asked again."""
GONE_AFTER_PRESENCES = 12
"""A wait without a sign of life for so many presence periods is over."""


def sweep_deadlines() -> dict[str, int]:
    """Act on every deadline that has passed; return how many of each kind."""
    return {
        "agents": _sweep_agents(),
        "ready_checks": _sweep_state(State.READY_CHECK, ready_check_expire),
        "time_up": _sweep_state(State.CHATTING, _time_up),
        "surveys": _sweep_state(State.SURVEYING, _survey_over),
        "waits": _sweep_waits(),
        "missed": _sweep_missed(),
        "offers": _sweep_offers(),
        "idle": _sweep_idle(),
    }


def _sweep_state(state: State, act: Callable[[int], object]) -> int:
    due = Conversation.objects.filter(state=state, deadline_at__lte=database_now()).order_by("deadline_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    return sum(_acted(act, conversation_id) for conversation_id in ids)


def _acted(act: Callable[[int], object], row_id: int, *, what: str = "conversation") -> bool:
    try:
        act(row_id)
    except Exception:
        # One of them must not hold up the others; the next sweep comes back to it.
        log.exception("The deadline of %s %s was not acted upon.", what, row_id)
        return False
    return True


def _sweep_agents() -> int:
    """Ask every program again whose turn it is: the first asking may have been lost with the broker."""
    owing = (
        Seat.objects.exclude(occupant=Seat.HUMAN)
        .filter(conversation__state=State.CHATTING)
        .exclude(conversation__last_role=F("role"))
        .exclude(conversation__seats__active_at__gt=database_now() - timedelta(seconds=AGENT_OVERDUE_SECONDS))
    )
    ids = list(owing.values_list("conversation_id", flat=True)[:BATCH])
    for conversation_id in ids:
        agents.turn_wanted(conversation_id)
    return len(ids)


def _time_up(conversation_id: int) -> None:
    with transaction.atomic():
        conversation = conversation_locked(conversation_id)
        if conversation.deadline_at is not None and conversation.deadline_at <= database_now():
            conversation_stop(conversation_id, reason=EndReason.TIME_UP)


def _survey_over(conversation_id: int) -> None:
    """Release whoever did not answer: paid by how the conversation ended, not by the survey."""
    with transaction.atomic():
        conversation = conversation_locked(conversation_id)
        now = database_now()
        if (
            conversation.state != State.SURVEYING
            or conversation.deadline_at is None
            or conversation.deadline_at > now
        ):
            return
        for seat in Seat.objects.filter(conversation=conversation, released_at__isnull=True):
            seat_release(seat, now=now)
        conversation_close(conversation_id)


def _sweep_waits() -> int:
    waiting = Ticket.objects.filter(state=TicketState.WAITING)
    now = database_now()
    return sum(
        _wait_over(ticket) for ticket in _with_rules(waiting) if now - ticket.seen_at > _patience(ticket)
    )


def _sweep_missed() -> int:
    """End the participation of who was not there at a ready check and never came back; the wait is paid."""
    later = Ticket.objects.filter(participation=OuterRef("participation"), pk__gt=OuterRef("pk"))
    missed = Ticket.objects.filter(~Exists(later), state=TicketState.NO_SHOW, participation__outcome="")
    now = database_now()
    count = 0
    for ticket in _with_rules(missed):
        if ticket.ended_at is not None and now - ticket.ended_at > _patience(ticket):
            lobby_leave(ticket.participation)
            count += 1
    return count


def _sweep_offers() -> int:
    """End whoever was left and has not said within the offer's time whether they look for another partner."""
    count = 0
    for version in ProtocolVersion.objects.filter(participation__outcome="").distinct():
        since = database_now() - timedelta(seconds=version.protocol.chat.another_partner_seconds)
        for participation_id in list(offers_open(version, until=since)[:BATCH]):
            count += _acted(_offer_over, participation_id, what="the offer to participation")
    return count


def _offer_over(participation_id: int) -> None:
    participation_leave(Participation.objects.get(pk=participation_id))


def _sweep_idle() -> int:
    """End whoever opens no page any more and neither waits nor sits anywhere, so that nobody is left without an end."""
    now = database_now()
    somewhere = Exists(Seat.objects.filter(participation=OuterRef("pk"), released_at__isnull=True)) | Exists(
        Ticket.objects.filter(participation=OuterRef("pk"), state__in=OPEN_TICKETS)
    )
    count = 0
    for version in ProtocolVersion.objects.filter(participation__outcome="").distinct():
        limit = timedelta(seconds=version.protocol.participation.idle_seconds)
        idle = Participation.objects.alias(last=Coalesce("active_at", "entered_at")).filter(
            ~somewhere, protocol_version=version, outcome="", last__lte=now - limit
        )
        for participation_id in list(idle.values_list("pk", flat=True)[:BATCH]):
            count += _acted(_time_out, participation_id, what="participation")
    return count


def _time_out(participation_id: int) -> None:
    participation = Participation.objects.get(pk=participation_id)
    agreed = participation.consent_id is not None
    participation_leave(participation, outcome=Outcome.TIMED_OUT if agreed else Outcome.NO_CONSENT)


def _with_rules(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.select_related("participation__protocol_version").defer(
        "participation__protocol_version__document"
    )


def _patience(ticket: Ticket) -> timedelta:
    presence = ticket.participation.protocol_version.protocol.chat.presence_seconds
    return timedelta(seconds=presence * GONE_AFTER_PRESENCES)


def _wait_over(ticket: Ticket) -> int:
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True, of=("self",))
        fresh = _with_rules(locked).get(pk=ticket.pk)
        if fresh.state != TicketState.WAITING or fresh.seen_at != ticket.seen_at:
            return 0
        # Paid until the last sign of life.
        ticket_advance(fresh, TicketEvent.VANISH, now=fresh.seen_at)
        part_end(fresh.participation, outcome=Outcome.NO_MATCH)
    return 1
