"""What a program in a seat sees, and how it speaks: what a person in that seat sees, through the same door.

A program sees the transcript and the clock. It never sees a pre-chat survey, a rating, or who its partner is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from collection import events
from collection.domain import gates
from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.sending import Draft, Sent
from collection.models import Conversation, Seat
from collection.selectors import current_strategy
from collection.services.conversations import conversation_stop
from collection.services.utterances import utterance_send
from study.clock import database_now


@dataclass(frozen=True, slots=True)
class SaidToProgram:
    """One message as a program sees it."""

    role: str
    text: str
    strategy: str
    """The published label of one's own strategy; empty for the partner's messages."""


@dataclass(frozen=True, slots=True)
class ProgramView:
    """A conversation as the program in one of its seats sees it."""

    conversation_id: int
    seat_id: int
    role: str
    occupant: str
    said: tuple[SaidToProgram, ...]
    last_ordinal: int
    started_at: datetime
    partner_spoke_at: datetime | None
    """The partner's last message."""
    partner_active_at: datetime
    """The partner's last message or keystroke; the beginning where there was none."""
    ends_at: datetime | None
    """The longest that the conversation may last."""
    may_finish: bool
    """Whether the seeker may end it as finished."""
    now: datetime
    """The database's time of reading."""
    strategies: Mapping[str, str]
    """The protocol's strategies: published label to key."""

    @property
    def own_messages_last(self) -> int:
        """How many messages of one's own stand at the end."""
        return next(
            (n for n, said in enumerate(reversed(self.said)) if said.role != self.role), len(self.said)
        )


def program_view(conversation_id: int) -> ProgramView | None:
    """Return what the program in a conversation sees; None where nobody may speak, or no program sits there."""
    conversation = (
        Conversation.objects.select_related("protocol_version")
        .defer("protocol_version__document")
        .filter(pk=conversation_id, state=State.CHATTING)
        .first()
    )
    seats = list(Seat.objects.filter(conversation=conversation_id))
    own = next((seat for seat in seats if seat.occupant != Seat.HUMAN), None)
    partner = next((seat for seat in seats if own is not None and seat.role != own.role), None)
    if conversation is None or own is None or partner is None or conversation.started_at is None:
        return None
    return _view(conversation, own, partner, started_at=conversation.started_at)


def _view(conversation: Conversation, own: Seat, partner: Seat, *, started_at: datetime) -> ProgramView:
    protocol, now = conversation.protocol_version.protocol, database_now()
    utterances = list(
        conversation.utterances.select_related("seat").prefetch_related("revisions").order_by("ordinal")
    )
    spoken = [u.sent_at for u in utterances if u.seat_id == partner.pk and u.sent_at is not None]
    return ProgramView(
        conversation_id=conversation.pk,
        seat_id=own.pk,
        role=own.role,
        occupant=own.occupant,
        said=tuple(
            SaidToProgram(
                role=u.seat.role,
                text=u.text,
                strategy=(
                    protocol.strategy(key).corpus_label
                    if u.seat_id == own.pk and (key := current_strategy(u))
                    else ""
                ),
            )
            for u in utterances
        ),
        last_ordinal=utterances[-1].ordinal if utterances else 0,
        started_at=started_at,
        partner_spoke_at=spoken[-1] if spoken else None,
        partner_active_at=max([partner.active_at or started_at, *spoken[-1:]]),
        ends_at=conversation.deadline_at,
        may_finish=gates.may_finish(
            protocol.chat, turns=conversation.seeker_turns, started_at=started_at, now=now
        ),
        now=now,
        strategies={strategy.corpus_label: strategy.key for strategy in protocol.strategies},
    )


def program_say(
    view: ProgramView, *, client_uid: str, text: str, strategy: str | None, compose_ms: int = 0
) -> Sent:
    """Send a message that answers what the program saw; `strategy` is the protocol's key, None where it has none.

    Raises:
        Outdated: something was said in the meantime; look again.
        ApplicationError: why it was refused; see `collection.domain.errors`.
    """
    return program_utter(
        Draft(
            conversation_id=view.conversation_id,
            seat_id=view.seat_id,
            client_uid=client_uid,
            text=text,
            strategy=strategy,
            compose_ms=compose_ms,
            after_ordinal=view.last_ordinal,
        )
    )


def program_utter(draft: Draft) -> Sent:
    """Store a program's message and show it to the partner at once.

    Raises:
        ApplicationError: why it was refused; see `collection.domain.errors`.
    """
    with transaction.atomic():
        sent = utterance_send(draft)
        # A person's socket tells its own process; a program has none.
        transaction.on_commit(partial(events.conversation_changed, draft.conversation_id))
    return sent


def program_types(conversation_id: int, *, role: str) -> None:
    """Show the partner that the program types, for six seconds."""
    events.typing(conversation_id, role)


@dataclass(frozen=True, slots=True)
class ProgramOwing:
    """A program that somebody waits for."""

    conversation_id: int
    occupant: str
    last_ordinal: int
    waited_seconds: float
    """Since the partner's last sign."""


def programs_owing(prefix: str, *, longer_than_seconds: float, limit: int = 500) -> Sequence[ProgramOwing]:
    """Return the programs whose key begins with `prefix` and whose partner spoke last, and how long ago."""
    now = database_now()
    partners = (
        Seat.objects.filter(
            occupant=Seat.HUMAN,
            conversation__state=State.CHATTING,
            conversation__last_role=F("role"),
            conversation__seats__occupant__startswith=prefix,
            active_at__lte=now - timedelta(seconds=longer_than_seconds),
        )
        .order_by("active_at")
        .values_list(
            "conversation_id", "conversation__seats__occupant", "conversation__last_ordinal", "active_at"
        )[:limit]
    )
    return [
        ProgramOwing(conversation_id, occupant, ordinal, (now - active_at).total_seconds())
        for conversation_id, occupant, ordinal, active_at in partners
        if active_at is not None
    ]


def programs_sitting(prefix: str) -> set[str]:
    """Return the keys of the programs in conversations that go on."""
    seats = Seat.objects.filter(occupant__startswith=prefix, conversation__state=State.CHATTING)
    return set(seats.values_list("occupant", flat=True))


def program_gave_up(conversation_id: int) -> bool:
    """End a conversation whose program cannot go on: the participant is told, and paid in full. Once."""
    before = Conversation.objects.filter(pk=conversation_id).values_list("state", flat=True).first()
    return (
        before == State.CHATTING
        and conversation_stop(conversation_id, reason=EndReason.TECHNICAL).end_reason == EndReason.TECHNICAL
    )


def partner_note_typing(conversation_id: int, role: str, *, at: datetime) -> None:
    """Store that a side typed at an instant, where a program waits for it to end: other partners see it on their sockets.

    What is known already of a later sign stays: a message that overtook the keystroke before it ends the typing.
    """
    Seat.objects.filter(
        Q(active_at__isnull=True) | Q(active_at__lt=at),
        conversation=conversation_id,
        role=role,
        occupant=Seat.HUMAN,
        released_at__isnull=True,
    ).update(active_at=at)
