"""A supporter may hand a conversation on: before it begins as often as they like, during it without loss of pay."""

from __future__ import annotations

from django.db import transaction

from collection.domain.errors import NotYourSeat
from collection.domain.lifecycle import State
from collection.models import Conversation, Seat
from collection.services.conversations import conversation_locked, may_be_passed
from collection.services.lobby import PASSED, ready_check_cancel
from study.clock import database_now
from study.models.participant import Role


def may_pass(seat: Seat) -> bool:
    """Return whether this seat may hand its conversation on now, fully paid."""
    return may_be_passed(seat.conversation, seat, now=database_now())


@transaction.atomic
def ready_check_pass(seat_id: int) -> Conversation:
    """Pass on a conversation before it begins; both keep their places, and are not put together again.

    Raises:
        NotYourSeat: it has begun meanwhile, or the seat is not a supporter's.
    """
    seat = Seat.objects.filter(pk=seat_id, role=Role.SUPPORTER).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    if conversation.state != State.READY_CHECK:
        raise NotYourSeat("The conversation has begun already.")
    both = set(conversation.seats.values_list("participation_id", flat=True))
    ready_check_cancel(conversation, now=database_now(), reason=PASSED, keep=both)
    return conversation
