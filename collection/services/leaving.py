"""Leave at any step: the participation ends with its outcome, paid for what was done.

The chat has a dialog of its own for leaving (`conversation_end`); everything else comes through here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from collection.domain.errors import ConversationGoesOn, LobbyRefused
from collection.domain.lifecycle import State
from collection.domain.lobby import OPEN_TICKETS, TicketEvent, TicketState
from collection.models import Conversation, Seat, Ticket
from collection.services.conversations import conversation_locked
from collection.services.lobby import ready_check_cancel, ticket_advance
from collection.services.seats import outcome_now, part_end, seat_release, waited_seconds
from study.clock import database_now
from study.domain.pay import PayLine
from study.models import Participant, Participation
from study.models.participant import Outcome
from study.selectors import pay_if_ended
from tutorial import api as tutorial


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaving now would be."""

    outcome: str
    lines: list[PayLine]
    """What is booked and what would be booked, by the ledger's own arithmetic."""

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


def leaving_now(participation: Participation, *, now: datetime) -> Leaving:
    """Return what the participation would end as, and with what pay, if its participant left now."""
    seat = _open_seat(participation)
    outcome = _outcome_of_leaving(participation, seat)
    # A comparison is paid as one; its conversations have lines of their own.
    talked = seat is not None and seat.conversation.started_at is not None and not participation.compares
    lines = pay_if_ended(
        participation,
        outcome=outcome,
        wait_seconds=waited_seconds(participation.pk, now=now),
        training_share=tutorial.training_share(participation),
        about=seat.conversation.public_id if seat is not None and talked else "",
    )
    return Leaving(outcome=outcome_now(participation, outcome), lines=lines)


def _outcome_of_leaving(participation: Participation, seat: Seat | None) -> str:
    if seat is not None and _decided(seat, participation):
        return seat.outcome
    if participation.consent_id is None:
        return Outcome.NO_CONSENT
    if seat is None and _open_ticket(participation) is not None:
        return Outcome.NO_MATCH
    return Outcome.LEFT_EARLY


def _decided(seat: Seat, participation: Participation) -> bool:
    """Return whether the conversation's end is the participation's: a comparison goes on after a completed one."""
    over = seat.conversation.state == State.SURVEYING
    return over and not (participation.compares and seat.outcome == Outcome.COMPLETED)


@transaction.atomic
def participation_leave(participation: Participation, *, outcome: str = "") -> Participation:
    """End the participation where it stands; ending it again changes nothing.

    `outcome` names another one than leaving's own, for a withdrawal or for time that ran out. Conversations that
    are over keep the outcome they had: what was earned stays earned.

    Raises:
        ConversationGoesOn: the conversation is going on; it is left by its own door.
        LobbyRefused: a partner was found in this very moment.
    """
    # The person's row is the lock: nobody joins the queue in another tab while they leave.
    Participant.objects.select_for_update(no_key=True).get(pk=participation.participant_id)
    participation.refresh_from_db()
    if participation.ended:
        return participation
    now = database_now()
    seat = _open_seat(participation)
    if seat is None:
        leaving = leaving_now(participation, now=now)
        _leave_queue(participation, now=now)
    else:
        conversation = conversation_locked(seat.conversation_id)
        if conversation.state == State.CHATTING:
            raise ConversationGoesOn
        if conversation.state == State.SURVEYING:
            seat.refresh_from_db()
            leaving = leaving_now(participation, now=now)
            seat_release(seat, now=now, leaving=True)
            if not participation.compares:
                return Participation.objects.get(pk=participation.pk)
        else:
            leaving = leaving_now(participation, now=now)
            _call_off(conversation, participation, now=now)
    return part_end(
        participation,
        outcome=outcome or leaving.outcome,
        training_share=tutorial.training_share(participation),
    )


def _leave_queue(participation: Participation, *, now: datetime) -> None:
    ticket = (
        Ticket.objects.select_for_update(no_key=True, of=("self",))
        .filter(participation=participation, state__in=OPEN_TICKETS)
        .first()
    )
    if ticket is not None:
        if ticket.state != TicketState.WAITING:
            raise LobbyRefused("A partner has just been found for you.")
        ticket_advance(ticket, TicketEvent.LEAVE, now=now)


def _call_off(conversation: Conversation, participation: Participation, *, now: datetime) -> None:
    """Call off the ready check because one side goes: the other keeps the place, ready or not."""
    partners = conversation.seats.exclude(participation=participation)
    ready_check_cancel(
        conversation, now=now, reason="left", keep=set(partners.values_list("participation_id", flat=True))
    )


def _open_seat(participation: Participation) -> Seat | None:
    return (
        Seat.objects.select_related("conversation")
        .filter(participation=participation, released_at__isnull=True)
        .first()
    )


def _open_ticket(participation: Participation) -> Ticket | None:
    return Ticket.objects.filter(participation=participation, state=TicketState.WAITING).first()
