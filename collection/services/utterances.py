"""Say something: the one door for people and programs, singly or many at once.

A web process commits the messages that wait in one transaction (`collection.realtime.writer`); a task or a
command sends one. Both run the same rules (`collection.domain.sending`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from collection import agents
from collection.domain.errors import NotYourSeat, RelabelTooLate, StrategyUnknown
from collection.domain.sending import Draft, Sent, accept, check_open
from collection.models import Seat, StrategyRevision
from collection.services import sending_postgresql, sending_rows
from collection.services.conversations import conversation_locked
from collection.services.safety_signals import signals_of_messages
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models.participant import Role

__all__ = ["Draft", "Sent", "utterance_relabel", "utterance_send", "utterances_send"]


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
    rows = sending_postgresql if connection.vendor == "postgresql" else sending_rows
    outcomes: list[Sent | ApplicationError] = []
    with transaction.atomic():
        rooms, now = rows.rooms_lock(drafts)
        for draft in drafts:
            try:
                outcomes.append(accept(rooms.get(draft.conversation_id), draft, now=now))
            except ApplicationError as refusal:
                outcomes.append(refusal)
        if changed := [room for room in rooms.values() if room.new]:
            rows.rooms_store(changed, now=now)
            signals_of_messages(changed, now=now)
            for room in changed:
                if room.with_program:
                    transaction.on_commit(partial(agents.turn_wanted, room.conversation_id))
    return outcomes


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
    check_open(conversation.state, released=seat.released_at is not None)
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
