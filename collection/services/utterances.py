"""Say something: the one door for people and programs, singly or many at once.

A web process commits the messages that wait in one transaction (`collection.realtime.writer`); a task or a
command sends one. Both run the same rules here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from django.db import transaction

from collection import agents
from collection.domain import gates
from collection.domain.errors import (
    ClientUidReused,
    ConversationOver,
    FeedbackFirst,
    NotStarted,
    NotYourSeat,
    RelabelTooLate,
    StrategyNotYours,
    StrategyRequired,
    StrategyUnknown,
)
from collection.domain.lifecycle import State
from collection.domain.text import clean_text
from collection.models import Conversation, FeedbackRequest, Seat, StrategyRevision, Utterance
from collection.services.conversations import conversation_locked
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.protocol import Protocol
from study.models.participant import Role


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that somebody wants to send."""

    conversation_id: int
    seat_id: int
    client_uid: str
    text: str
    strategy: str | None = None
    compose_ms: int = 0
    key_count: int = 0
    pasted_chars: int = 0
    focus_losses: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; `repeated` when it was stored before."""

    conversation_id: int
    seat_id: int
    role: str
    client_uid: str
    ordinal: int
    text: str
    strategy: str
    sent_at: datetime
    repeated: bool = False
    seeker_turns: int = 0
    """The conversation's turns after this message."""
    asked: tuple[int, tuple[int, ...]] | None = None
    """The number and the rated ordinals of the feedback request that this message opened."""


@dataclass(slots=True)
class _Room:
    """One locked conversation while a batch is judged."""

    conversation: Conversation
    protocol: Protocol
    seats: dict[int, Seat]
    known: dict[str, Utterance]
    """Utterances with the batch's client ids that are stored, or accepted earlier in this batch."""
    unrated: list[Utterance]
    """Supporter utterances that no feedback request covers."""
    open_request: FeedbackRequest | None
    new: list[Utterance] = field(default_factory=list)
    requests: list[FeedbackRequest] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    request_count: int = 0
    covered: list[Utterance] = field(default_factory=list)
    """Utterances stored before this batch that a request of this batch covers."""


def utterance_send(draft: Draft) -> Sent:
    """Store one message.

    Raises:
        ApplicationError: why it was refused; see `collection.domain.errors`.
    """
    outcome = utterances_send([draft])[0]
    if isinstance(outcome, ApplicationError):
        raise outcome
    return outcome


def utterances_send(drafts: Sequence[Draft]) -> list[Sent | ApplicationError]:
    """Store the messages in one transaction; return, in order, what became of each.

    One message's refusal does not touch the others. A client id that is stored already is acknowledged again.
    """
    with transaction.atomic():
        rooms = _rooms_locked(drafts)
        now = database_now()
        outcomes: list[Sent | ApplicationError] = []
        for draft in drafts:
            try:
                outcomes.append(_accept(rooms.get(draft.conversation_id), draft, now=now))
            except ApplicationError as refusal:
                outcomes.append(refusal)
        _store([room for room in rooms.values() if room.new], now=now)
    return outcomes


def _rooms_locked(drafts: Sequence[Draft]) -> dict[int, _Room]:
    """Return the drafts' conversations, locked in the order of their ids so that no two batches can deadlock."""
    ids = sorted({draft.conversation_id for draft in drafts})
    conversations = list(
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version")
        .defer("protocol_version__document")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    rooms = {
        conversation.pk: _Room(
            conversation=conversation,
            protocol=conversation.protocol_version.protocol,
            seats={},
            known={},
            unrated=[],
            open_request=None,
        )
        for conversation in conversations
    }
    for seat in Seat.objects.filter(conversation__in=ids):
        rooms[seat.conversation_id].seats[seat.pk] = seat
    uids = {draft.client_uid for draft in drafts}
    for utterance in Utterance.objects.filter(conversation__in=ids, client_uid__in=uids):
        rooms[utterance.conversation_id].known[utterance.client_uid] = utterance
    _add_feedback(rooms)
    return rooms


def _add_feedback(rooms: dict[int, _Room]) -> None:
    unrated = Utterance.objects.filter(
        conversation__in=rooms, seat__role=Role.SUPPORTER, feedback_request__isnull=True
    ).order_by("ordinal")
    for utterance in unrated:
        rooms[utterance.conversation_id].unrated.append(utterance)
    for request in FeedbackRequest.objects.filter(conversation__in=rooms).order_by("number"):
        room = rooms[request.conversation_id]
        room.request_count = request.number
        room.open_request = request if request.score is None else None


def _accept(room: _Room | None, draft: Draft, *, now: datetime) -> Sent:
    """Judge one draft against its locked room and take it in."""
    seat = room.seats.get(draft.seat_id) if room is not None else None
    if room is None or seat is None:
        raise NotYourSeat
    stored = room.known.get(draft.client_uid)
    if stored is not None:
        return _repeat(room, seat, draft, stored)
    _check_open(room.conversation, seat)
    strategy = _strategy(room.protocol, seat, draft.strategy)
    text = clean_text(draft.text, max_length=room.protocol.chat.text_max_length)
    if _must_rate_first(room, seat):
        raise FeedbackFirst
    return _append(room, seat, draft, text=text, strategy=strategy, now=now)


def _repeat(room: _Room, seat: Seat, draft: Draft, stored: Utterance) -> Sent:
    text = clean_text(draft.text, max_length=room.protocol.chat.text_max_length)
    if stored.seat_id != seat.pk or stored.text != text or stored.sent_at is None:
        raise ClientUidReused
    return _sent(stored, seat, repeated=True)


def _check_open(conversation: Conversation, seat: Seat) -> None:
    if conversation.state == State.READY_CHECK:
        raise NotStarted
    if conversation.state != State.CHATTING:
        raise ConversationOver
    if seat.released_at is not None:
        raise NotYourSeat


def _strategy(protocol: Protocol, seat: Seat, key: str | None) -> str:
    if seat.role == Role.SEEKER:
        if key is not None:
            raise StrategyNotYours
        return ""
    if not key:
        raise StrategyRequired
    if key not in protocol.strategies_by_key:
        raise StrategyUnknown
    return key


def _must_rate_first(room: _Room, seat: Seat) -> bool:
    return (
        room.protocol.chat.feedback_gate == "hard"
        and seat.role == Role.SEEKER
        and room.open_request is not None
    )


def _append(room: _Room, seat: Seat, draft: Draft, *, text: str, strategy: str, now: datetime) -> Sent:
    conversation = room.conversation
    conversation.last_ordinal += 1
    if seat.role == Role.SEEKER and conversation.last_role != Role.SEEKER:
        conversation.seeker_turns += 1
    conversation.last_role = seat.role
    utterance = Utterance(
        conversation=conversation,
        ordinal=conversation.last_ordinal,
        seat=seat,
        client_uid=draft.client_uid,
        strategy=strategy,
        text=text,
        sent_at=now,
        compose_ms=draft.compose_ms,
        key_count=draft.key_count,
        pasted_chars=draft.pasted_chars,
        focus_losses=draft.focus_losses,
    )
    room.new.append(utterance)
    room.known[draft.client_uid] = utterance
    room.touched.add(seat.pk)
    asked = None
    if seat.role == Role.SUPPORTER:
        room.unrated.append(utterance)
        asked = _ask_when_due(room, now=now)
    return replace(_sent(utterance, seat), seeker_turns=conversation.seeker_turns, asked=asked)


def _ask_when_due(room: _Room, *, now: datetime) -> tuple[int, tuple[int, ...]] | None:
    """Open a feedback request for the utterances that none covers (§4.2); return its number and their ordinals."""
    ordinals = tuple(utterance.ordinal for utterance in room.unrated)
    if not gates.feedback_due(room.protocol.chat, unrated=ordinals):
        return None
    room.request_count += 1
    request = FeedbackRequest(conversation=room.conversation, number=room.request_count, asked_at=now)
    for utterance in room.unrated:
        utterance.feedback_request = request
        if utterance.pk is not None:
            room.covered.append(utterance)
    room.unrated.clear()
    room.requests.append(request)
    room.open_request = request
    return request.number, ordinals


def _sent(utterance: Utterance, seat: Seat, *, repeated: bool = False) -> Sent:
    assert utterance.sent_at is not None
    return Sent(
        conversation_id=utterance.conversation_id,
        seat_id=seat.pk,
        role=seat.role,
        client_uid=utterance.client_uid,
        ordinal=utterance.ordinal,
        text=utterance.text,
        strategy=utterance.strategy,
        sent_at=utterance.sent_at,
        repeated=repeated,
    )


def _store(rooms: Sequence[_Room], *, now: datetime) -> None:
    if not rooms:
        return
    FeedbackRequest.objects.bulk_create(chain.from_iterable(room.requests for room in rooms))
    Utterance.objects.bulk_create(chain.from_iterable(room.new for room in rooms))
    if covered := list(chain.from_iterable(room.covered for room in rooms)):
        Utterance.objects.bulk_update(covered, ["feedback_request"])
    Conversation.objects.bulk_update(
        [room.conversation for room in rooms], ["last_ordinal", "seeker_turns", "last_role"]
    )
    touched = list(chain.from_iterable(room.touched for room in rooms))
    Seat.objects.filter(pk__in=touched).update(active_at=now, seen_at=now)
    for room in rooms:
        if any(seat.occupant != Seat.HUMAN for seat in room.seats.values()):
            transaction.on_commit(partial(agents.turn_wanted, room.conversation.pk))


@transaction.atomic
def utterance_relabel(*, seat_id: int, ordinal: int, strategy: str) -> StrategyRevision:
    """Change the strategy of a seat's own last message, shortly after sending it; the first choice is kept.

    Raises:
        RelabelTooLate: it is not the seat's last message, or the protocol's time is over.
        StrategyUnknown, ConversationOver, NotYourSeat: as for sending.
    """
    seat = Seat.objects.filter(pk=seat_id, role=Role.SUPPORTER).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    _check_open(conversation, seat)
    protocol = conversation.protocol_version.protocol
    if strategy not in protocol.strategies_by_key:
        raise StrategyUnknown
    last = seat.utterances.prefetch_related("revisions").order_by("-ordinal").first()
    now = database_now()
    if last is None or last.sent_at is None or last.ordinal != ordinal:
        raise RelabelTooLate
    if now - last.sent_at > timedelta(seconds=protocol.chat.relabel_seconds):
        raise RelabelTooLate
    revisions = list(last.revisions.all())
    return StrategyRevision.objects.create(
        utterance=last,
        old=revisions[-1].new if revisions else last.strategy,
        new=strategy,
        source=StrategyRevision.Source.AUTHOR,
        by=Role.SUPPORTER,
        at=now,
    )
