"""Read and store the rooms of a batch through the ORM: any database, one message or many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collection.domain.sending import Draft, Room, Said, SeatState
from collection.models import Conversation, FeedbackRequest, Seat, Utterance
from study.clock import database_now
from study.models.participant import Role


def rooms_lock(drafts: Sequence[Draft]) -> tuple[dict[int, Room], datetime]:
    """Lock and read the drafts' conversations; return them with the database's time.

    Locked in the order of their ids, so that no two batches can deadlock. Should be called inside a transaction.
    """
    ids = sorted({draft.conversation_id for draft in drafts})
    conversations = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version")
        .defer("protocol_version__document")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    rooms = {conversation.pk: _room(conversation) for conversation in conversations}
    for seat in Seat.objects.filter(conversation__in=rooms):
        rooms[seat.conversation_id].seats[seat.pk] = SeatState(
            role=seat.role, human=seat.occupant == Seat.HUMAN, released=seat.released_at is not None
        )
    uids = {draft.client_uid for draft in drafts}
    for utterance in Utterance.objects.filter(conversation__in=rooms, client_uid__in=uids):
        rooms[utterance.conversation_id].known[utterance.client_uid] = _said(utterance)
    _add_feedback(rooms)
    return rooms, database_now()


def _room(conversation: Conversation) -> Room:
    return Room(
        conversation_id=conversation.pk,
        protocol=conversation.protocol_version.protocol,
        state=conversation.state,
        last_ordinal=conversation.last_ordinal,
        seeker_turns=conversation.seeker_turns,
        last_role=conversation.last_role,
    )


def _said(utterance: Utterance) -> Said:
    return Said(
        pk=utterance.pk,
        ordinal=utterance.ordinal,
        seat_id=utterance.seat_id,
        client_uid=utterance.client_uid,
        text=utterance.text,
        strategy=utterance.strategy,
        sent_at=utterance.sent_at,
    )


def _add_feedback(rooms: dict[int, Room]) -> None:
    unrated = Utterance.objects.filter(
        conversation__in=rooms, seat__role=Role.SUPPORTER, feedback_request__isnull=True
    ).order_by("ordinal")
    for utterance in unrated:
        rooms[utterance.conversation_id].unrated.append(_said(utterance))
    for request in FeedbackRequest.objects.filter(conversation__in=rooms).order_by("number"):
        room = rooms[request.conversation_id]
        room.request_count = request.number
        room.request_open = request.score is None


def rooms_store(rooms: Sequence[Room], *, now: datetime) -> None:
    """Store what was accepted. Should be called in the transaction that locked the rooms."""
    requests = {
        (room.conversation_id, number): FeedbackRequest(
            conversation_id=room.conversation_id, number=number, asked_at=now
        )
        for room in rooms
        for number in room.requests
    }
    FeedbackRequest.objects.bulk_create(requests.values())
    Utterance.objects.bulk_create(
        _row(room, said, requests.get((room.conversation_id, said.request or 0)))
        for room in rooms
        for said in room.new
    )
    for room in rooms:
        for said in room.covered:
            request = requests[room.conversation_id, said.request or 0]
            said_before = Utterance.objects.filter(conversation=room.conversation_id, ordinal=said.ordinal)
            said_before.update(feedback_request=request)
        Conversation.objects.filter(pk=room.conversation_id).update(
            last_ordinal=room.last_ordinal, seeker_turns=room.seeker_turns, last_role=room.last_role
        )
    touched = {said.seat_id for room in rooms for said in room.new}
    Seat.objects.filter(pk__in=touched).update(active_at=now, seen_at=now)


def _row(room: Room, said: Said, request: FeedbackRequest | None) -> Utterance:
    draft = said.draft
    assert draft is not None
    return Utterance(
        conversation_id=room.conversation_id,
        ordinal=said.ordinal,
        seat_id=said.seat_id,
        client_uid=said.client_uid,
        strategy=said.strategy,
        text=said.text,
        sent_at=said.sent_at,
        feedback_request=request,
        compose_ms=draft.compose_ms,
        key_count=draft.key_count,
        pasted_chars=draft.pasted_chars,
        focus_losses=draft.focus_losses,
    )
