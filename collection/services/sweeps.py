"""Deadlines: columns that any number of sweepers, at any time, act upon once.

A restart forgets nothing: what is due is found by its column, judged by the database's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketEvent, TicketState
from collection.models import Conversation, Seat, Ticket
from collection.services.conversations import conversation_close, conversation_locked, conversation_stop
from collection.services.lobby import ready_check_expire, ticket_advance
from collection.services.seats import seat_release, waited_seconds
from study.clock import database_now
from study.models.participant import Outcome
from study.services.participations import participation_end

BATCH = 200
GONE_AFTER_PRESENCES = 12
"""A wait without a sign of life for so many presence periods is over."""


def sweep_deadlines() -> dict[str, int]:
    """Act on every deadline that has passed; return how many of each kind."""
    return {
        "ready_checks": _sweep_state(State.READY_CHECK, ready_check_expire),
        "time_up": _sweep_state(State.CHATTING, _time_up),
        "surveys": _sweep_state(State.SURVEYING, _survey_over),
        "waits": _sweep_waits(),
    }


def _sweep_state(state: State, act: Callable[[int], object]) -> int:
    due = Conversation.objects.filter(state=state, deadline_at__lte=database_now()).order_by("deadline_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for conversation_id in ids:
        act(conversation_id)
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
    count = 0
    now = database_now()
    for ticket in Ticket.objects.filter(state=TicketState.WAITING).select_related(
        "participation__protocol_version"
    ):
        presence = ticket.participation.protocol_version.protocol.chat.presence_seconds
        if now - ticket.seen_at > timedelta(seconds=presence * GONE_AFTER_PRESENCES):
            count += _wait_over(ticket)
    return count


def _wait_over(ticket: Ticket) -> int:
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
        if fresh.state != TicketState.WAITING or fresh.seen_at != ticket.seen_at:
            return 0
        # Paid until the last sign of life.
        ticket_advance(fresh, TicketEvent.VANISH, now=fresh.seen_at)
        participation_end(
            fresh.participation_id,
            outcome=Outcome.NO_MATCH,
            wait_seconds=waited_seconds(fresh.participation_id),
        )
    return 1
