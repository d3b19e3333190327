"""Be done with a seat: the participation ends with its pay, each side alone."""

from __future__ import annotations

from datetime import datetime

from collection.models import Seat, Ticket
from collection.services.conversations import conversation_close
from study.services.participations import participation_end


def seat_release(seat: Seat, *, now: datetime) -> None:
    """Release a seat after its conversation, end its participation, and close the conversation when it was the last.

    Should be called while holding a SELECT FOR UPDATE lock on the conversation. Once: a released seat stays as it is.
    """
    if seat.released_at is not None:
        return
    seat.released_at = now
    seat.save(update_fields=["released_at"])
    if seat.participation_id is not None:
        participation_end(
            seat.participation_id, outcome=seat.outcome, wait_seconds=waited_seconds(seat.participation_id)
        )
    if not Seat.objects.filter(conversation_id=seat.conversation_id, released_at__isnull=True).exists():
        conversation_close(seat.conversation_id)


def waited_seconds(participation_id: int, *, now: datetime | None = None) -> float:
    """Return how long a participation waited in lobbies, all waits together; with `now`, the open wait too."""
    seconds = 0.0
    for ticket in Ticket.objects.filter(participation_id=participation_id):
        until = ticket.ended_at or now
        if until is not None:
            seconds += (until - ticket.since).total_seconds()
    return seconds
