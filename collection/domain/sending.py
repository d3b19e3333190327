"""The rules of saying something, judged over conversations that somebody has locked and read into memory.

One set of rules for a single message and for a batch, whatever the database: `collection.services.sending_rows` and
`collection.services.sending_postgresql` read the rooms and store what was accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from collection.domain import gates
from collection.domain.errors import (
    ClientUidReused,
    ConversationOver,
    FeedbackFirst,
    NotStarted,
    NotYourSeat,
    Outdated,
    StrategyNotYours,
    StrategyRequired,
    StrategyUnknown,
)
from collection.domain.lifecycle import State
from collection.domain.text import clean_text
from study.domain.protocol import Protocol
from study.domain.risk import Finding, check_output, find_risks

SEEKER, SUPPORTER = "seeker", "supporter"
NO_STRATEGY = "none"
"""What stands for the strategy of a program that knows of none (§6.1, the vanilla model)."""


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
    after_ordinal: int | None = None
    """The last message that its author had read; sent only if it is still the last. None: sent all the same."""


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
    cards: tuple[str, ...] = ()
    """The roles that are shown the card of help because of this message."""


@dataclass(slots=True)
class Said:
    """A message that is stored, or that will be with this batch."""

    ordinal: int
    seat_id: int
    client_uid: str
    text: str
    strategy: str
    sent_at: datetime | None
    pk: int | None = None
    """None: it is not stored yet."""
    draft: Draft | None = None
    """What it was made of; None for what was stored before."""
    request: int | None = None
    """Number of the feedback request of this batch that is about it."""
    findings: tuple[Finding, ...] = ()
    """What its words met in the protocol's lists; only of this batch."""

    @property
    def cards(self) -> tuple[str, ...]:
        """The roles that are shown the card of help because of it."""
        return tuple(sorted({role for finding in self.findings for role in finding.shows_to}))


@dataclass(slots=True)
class SeatState:
    """One seat of a room."""

    role: str
    human: bool
    released: bool


@dataclass(slots=True)
class Room:
    """One locked conversation while a batch is judged."""

    conversation_id: int
    protocol: Protocol
    state: str
    last_ordinal: int
    seeker_turns: int
    last_role: str
    seats: dict[int, SeatState] = field(default_factory=dict)
    known: dict[str, Said] = field(default_factory=dict)
    """Messages with the batch's client ids that are stored, or accepted earlier in this batch."""
    unrated: list[Said] = field(default_factory=list)
    """Supporter messages that no feedback request is about, in order."""
    request_count: int = 0
    request_open: bool = False
    """Whether the last feedback request waits for its answer."""
    new: list[Said] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    """Numbers of the requests that this batch opens."""
    covered: list[Said] = field(default_factory=list)
    """Messages stored before this batch that a request of this batch is about."""

    @property
    def with_program(self) -> bool:
        """Whether a program sits in one of the seats."""
        return any(not seat.human for seat in self.seats.values())


def accept(room: Room | None, draft: Draft, *, now: datetime) -> Sent:
    """Judge one draft against its locked room, and take it in.

    Raises:
        ApplicationError: why it was refused; see `collection.domain.errors`.
    """
    seat = room.seats.get(draft.seat_id) if room is not None else None
    if room is None or seat is None:
        raise NotYourSeat
    stored = room.known.get(draft.client_uid)
    if stored is not None:
        return _repeat(room, seat, draft, stored)
    check_open(room.state, released=seat.released)
    if draft.after_ordinal is not None and draft.after_ordinal != room.last_ordinal:
        raise Outdated
    strategy = _strategy(room.protocol, seat, draft.strategy)
    text = clean_text(draft.text, max_length=room.protocol.chat.text_max_length)
    if _must_rate_first(room, seat.role):
        raise FeedbackFirst
    if seat.role == SUPPORTER and not seat.human:
        check_output(text, room.protocol.detectors)
    return _append(room, seat.role, draft, text=text, strategy=strategy, now=now)


def check_open(state: str, *, released: bool) -> None:
    """Raise unless a seat may act in a conversation.

    Raises:
        NotStarted, ConversationOver, NotYourSeat: see each.
    """
    if state == State.READY_CHECK:
        raise NotStarted
    if state != State.CHATTING:
        raise ConversationOver
    if released:
        raise NotYourSeat


def _repeat(room: Room, seat: SeatState, draft: Draft, stored: Said) -> Sent:
    text = clean_text(draft.text, max_length=room.protocol.chat.text_max_length)
    if stored.seat_id != draft.seat_id or stored.text != text or stored.sent_at is None:
        raise ClientUidReused
    return _sent(room, seat.role, stored, sent_at=stored.sent_at, repeated=True)


def _strategy(protocol: Protocol, seat: SeatState, key: str | None) -> str:
    if seat.role == SEEKER:
        if key is not None:
            raise StrategyNotYours
        return ""
    if not key and not seat.human:
        return NO_STRATEGY
    if not key:
        raise StrategyRequired
    if key not in protocol.strategies_by_key:
        raise StrategyUnknown
    return key


def _must_rate_first(room: Room, role: str) -> bool:
    return room.request_open and role == SEEKER and room.protocol.chat.feedback_gate == "hard"


def _append(room: Room, role: str, draft: Draft, *, text: str, strategy: str, now: datetime) -> Sent:
    room.last_ordinal += 1
    if role == SEEKER and room.last_role != SEEKER:
        room.seeker_turns += 1
    room.last_role = role
    said = Said(
        ordinal=room.last_ordinal,
        seat_id=draft.seat_id,
        client_uid=draft.client_uid,
        text=text,
        strategy=strategy,
        sent_at=now,
        draft=draft,
        findings=find_risks(text, room.protocol.detectors, said_by=role),
    )
    room.new.append(said)
    room.known[draft.client_uid] = said
    asked = None
    if role == SUPPORTER:
        room.unrated.append(said)
        asked = _ask_when_due(room)
    return _sent(room, role, said, sent_at=now, asked=asked)


def _ask_when_due(room: Room) -> tuple[int, tuple[int, ...]] | None:
    """Open a feedback request for the messages that none is about (§4.2); return its number and their ordinals."""
    ordinals = tuple(said.ordinal for said in room.unrated)
    if not gates.feedback_due(room.protocol.chat, unrated=ordinals):
        return None
    room.request_count += 1
    for said in room.unrated:
        said.request = room.request_count
        if said.pk is not None:
            room.covered.append(said)
    room.unrated.clear()
    room.requests.append(room.request_count)
    room.request_open = True
    return room.request_count, ordinals


def _sent(
    room: Room,
    role: str,
    said: Said,
    *,
    sent_at: datetime,
    repeated: bool = False,
    asked: tuple[int, tuple[int, ...]] | None = None,
) -> Sent:
    return Sent(
        conversation_id=room.conversation_id,
        seat_id=said.seat_id,
        role=role,
        client_uid=said.client_uid,
        ordinal=said.ordinal,
        text=said.text,
        strategy=said.strategy,
        sent_at=sent_at,
        repeated=repeated,
        seeker_turns=room.seeker_turns,
        asked=asked,
        cards=() if repeated else said.cards,
    )
