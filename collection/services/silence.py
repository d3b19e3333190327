"""More time for a silent side: one extension in a conversation, by the database's clock."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from collection import events
from collection.domain import gates
from collection.domain.errors import ConversationOver, ExtensionRefused, NotYourSeat
from collection.domain.lifecycle import State
from collection.models import Seat
from collection.services.conversations import conversation_locked
from study.clock import database_now


@transaction.atomic
def silence_extend(*, seat_id: int) -> Seat:
    """Let the partner wait longer for this seat; the partner is told so. Asking again in the same silence changes nothing.

    Raises:
        NotYourSeat: no such seat.
        ConversationOver: the conversation has ended.
        ExtensionRefused: the extension is used up, or the seat has not been silent long enough to need one.
    """
    seat = Seat.objects.filter(pk=seat_id).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    if conversation.state != State.CHATTING:
        raise ConversationOver
    seat.refresh_from_db()
    now = database_now()
    since = seat.active_at or conversation.started_at or now
    if seat.extended_at is not None and seat.extended_at >= since:
        return seat
    rules = conversation.protocol_version.protocol.chat
    if not gates.may_extend(rules, last_active_at=since, extended_at=seat.extended_at, now=now):
        raise ExtensionRefused
    seat.extended_at = seat.seen_at = now
    seat.save(update_fields=["extended_at", "seen_at"])
    transaction.on_commit(partial(events.conversation_changed, conversation.pk))
    return seat
