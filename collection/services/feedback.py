"""The seeker's feedback on the supporter's messages (§4.2)."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from collection import events
from collection.domain.errors import FeedbackUnknown, NotYourSeat
from collection.domain.lifecycle import State
from collection.models import FeedbackRequest, Seat
from collection.services.conversations import conversation_locked
from study.clock import database_now
from study.models.participant import Role


@transaction.atomic
def feedback_give(*, seat_id: int, number: int, score: int) -> FeedbackRequest:
    """Store the score of one feedback request; the same score again changes nothing.

    A request stays open until the next one opens, and the last one until the survey is sent.

    Raises:
        NotYourSeat: only the seeker gives feedback.
        FeedbackUnknown: no such request, another score was given, or its time is over.
    """
    seat = Seat.objects.filter(pk=seat_id, role=Role.SEEKER).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    request = FeedbackRequest.objects.filter(conversation=conversation).order_by("-number").first()
    if request is None or request.number != number or not 1 <= score <= 5:
        raise FeedbackUnknown
    if request.score is not None:
        if request.score == score:
            return request
        raise FeedbackUnknown("These messages have been rated already.")
    if conversation.state not in {State.CHATTING, State.SURVEYING} or seat.released_at is not None:
        raise FeedbackUnknown
    request.score = score
    request.answered_at = database_now()
    request.answered_after_ordinal = conversation.last_ordinal
    request.save(update_fields=["score", "answered_at", "answered_after_ordinal"])
    transaction.on_commit(partial(events.conversation_changed, conversation.pk))
    return request
