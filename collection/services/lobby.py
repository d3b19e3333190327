"""The lobby: wait, be put together, say that one is there.

Who waits is a row, so a restart forgets nobody. Pairing locks both rows on PostgreSQL, and every step is also a
compare-and-set on the ticket's state; on SQLite one transaction writes at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from collection.domain.errors import LobbyRefused, NotQualified, NotYourSeat, PauseFirst
from collection.domain.lifecycle import Event, State
from collection.domain.lobby import OPEN_TICKETS, TicketEvent, TicketState, advance_ticket
from collection.domain.safety import with_roles
from collection.models import Conversation, ConversationEvent, PairingFreeze, PreChatSurvey, Seat, Ticket
from collection.services.care import pause_of
from collection.services.conversations import conversation_advance, conversation_locked, conversation_start
from collection.services.seats import part_end, partner_lost
from collection.services.surveys import pre_chat_hand_over
from study.clock import database_now
from study.models import Participant, Participation
from study.models.participant import Outcome, Role
from tutorial import api as tutorial

PASSED = "passed"
"""The reason in the journal of a ready check that was passed on: these two are not put together again."""


def ticket_open(participation: Participation) -> Ticket:
    """Join the queue; joining again returns the wait that is open.

    Raises:
        LobbyRefused: there is no consent, role or pre-chat survey yet, the participation has ended, or the same
            person waits or sits elsewhere.
        NotQualified: a supporter without a valid qualification.
    """
    try:
        with transaction.atomic():
            return _ticket_open(participation)
    except IntegrityError:
        # Two tabs joined at once: the database let one of them in.
        ticket = ticket_of(participation)
        if ticket is None:
            raise LobbyRefused("You are waiting for a partner in another window already.") from None
        return ticket


def ticket_of(participation: Participation) -> Ticket | None:
    """Return the participation's open wait."""
    return Ticket.objects.filter(participation=participation, state__in=OPEN_TICKETS).first()


def ticket_missed(participation: Participation) -> bool:
    """Return whether the participation's last wait ended because nobody was there."""
    last = Ticket.objects.filter(participation=participation).order_by("-pk").first()
    return last is not None and last.state in {TicketState.NO_SHOW, TicketState.GONE}


def _ticket_open(participation: Participation) -> Ticket:
    # The person's row is the lock: nobody waits twice, and nobody waits while sitting in a conversation.
    Participant.objects.select_for_update(no_key=True).get(pk=participation.participant_id)
    now = database_now()
    existing = ticket_of(participation)
    if existing is not None:
        return existing
    _check_may_wait(participation, now=now)
    return Ticket.objects.create(
        study=participation.study,
        participation=participation,
        participant=participation.participant,
        role=participation.role,
        priority=int(partner_lost(participation)),
        since=now,
        seen_at=now,
    )


def _check_may_wait(participation: Participation, *, now: datetime) -> None:
    participation.refresh_from_db()
    if participation.ended or participation.consent_id is None or participation.role == "":
        raise LobbyRefused("There is nothing to wait for: your part has not begun, or it is complete.")
    if (
        participation.role == Role.SEEKER
        and not PreChatSurvey.objects.filter(participation=participation).exists()
    ):
        raise LobbyRefused("Please answer the questions before the chat first.")
    if participation.role == Role.SUPPORTER and not tutorial.is_qualified(
        participation.participant, participation.protocol_version, now=now
    ):
        raise NotQualified
    if pause_of(participation, now=now) is not None:
        raise PauseFirst
    if Seat.objects.filter(
        participation__participant=participation.participant_id, released_at__isnull=True
    ).exists():
        raise LobbyRefused("You are in a conversation already.")


@transaction.atomic
def ticket_seen(ticket_id: int) -> None:
    """Note a sign of life from the lobby page."""
    Ticket.objects.filter(pk=ticket_id, state__in=OPEN_TICKETS).update(seen_at=database_now())


@transaction.atomic
def ticket_pair(ticket_id: int) -> Conversation | None:
    """Put the waiting participant together with the best partner there is; return the conversation, if any.

    The best partner has the higher priority, then the longer wait. Only who gave a sign of life lately is paired,
    nobody with themselves, and, unless the protocol allows it, no two people twice.
    """
    mine = (
        Ticket.objects.select_related("study", "participation__protocol_version")
        .defer("participation__protocol_version__document")
        .get(pk=ticket_id)
    )
    if _frozen().filter(participant=mine.participant_id).exists():
        return None
    now = database_now()
    # Supporters' rows are locked before seekers', so no two pairings wait for each other in a ring. Whoever holds
    # a seeker's row needs no other: so a supporter who finds no seeker free is one too many, not one too late.
    if mine.role == Role.SEEKER:
        partner = _partner_locked(mine, now=now)
        if partner is None or not _still_waiting(mine):
            return None
    else:
        if not _still_waiting(mine):
            return None
        partner = _partner_locked(mine, now=now)
        if partner is None:
            return None
    conversation = _conversation_create(mine, partner, now=now)
    for ticket in (mine, partner):
        ticket_advance(ticket, TicketEvent.PAIR, conversation=conversation)
    return conversation


def _still_waiting(mine: Ticket) -> bool:
    """Lock one's own ticket, after whoever is pairing it; return whether it still waits."""
    own = Ticket.objects.select_for_update(no_key=True).filter(pk=mine.pk, state=TicketState.WAITING)
    return own.first() is not None


def _partner_locked(mine: Ticket, *, now: datetime) -> Ticket | None:
    """Return the best partner whom nobody is pairing at this moment, locked."""
    waiting = Ticket.objects.filter(_partners(mine, now=now), state=TicketState.WAITING)
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return locked.select_related("participation").order_by("-priority", "since", "pk").first()


def _partners(mine: Ticket, *, now: datetime) -> Q:
    rules = mine.participation.protocol_version.protocol.chat
    other = Role.SUPPORTER if mine.role == Role.SEEKER else Role.SEEKER
    condition = (
        Q(study=mine.study_id, role=other, seen_at__gte=now - timedelta(seconds=rules.presence_seconds))
        & ~Q(participant=mine.participant_id)
        & Q(participation__protocol_version=mine.participation.protocol_version_id)
    )
    if not mine.study.is_demo and mine.participation.device_hash:
        # One person must not take both seats; in a demonstration one browser may.
        condition &= ~Q(participation__device_hash=mine.participation.device_hash)
    if not rules.allow_repeat_pairs:
        met = Seat.objects.filter(
            conversation__seats__participation__participant=mine.participant_id,
            conversation__started_at__isnull=False,
            participation__isnull=False,
        ).values("participation__participant")
        condition &= ~Q(participant__in=met)
    # Who passed on this partner before is not asked again; and who was reported waits until that is reviewed.
    passed = Seat.objects.filter(
        conversation__seats__participation=mine.participation_id,
        conversation__events__reason=PASSED,
        participation__isnull=False,
    ).values("participation__participant")
    return condition & ~Q(participant__in=passed) & ~Q(participant__in=_frozen())


def _frozen() -> QuerySet[PairingFreeze, Any]:
    return PairingFreeze.objects.filter(lifted_at__isnull=True).values("participant")


def _conversation_create(mine: Ticket, partner: Ticket, *, now: datetime) -> Conversation:
    participation = mine.participation
    rules = participation.protocol_version.protocol.chat
    conversation = Conversation.objects.create(
        study=mine.study,
        protocol_version=participation.protocol_version,
        # Two of the study team who try out both sides of a preview practise, too.
        origin=Conversation.Origin.PRACTICE if mine.study.preview_of_id else Conversation.Origin.COLLECTED,
        state=State.READY_CHECK,
        deadline_at=now + timedelta(seconds=rules.ready_check_seconds),
    )
    ConversationEvent.objects.create(
        conversation=conversation, at=now, event="pair", before="", after=State.READY_CHECK
    )
    for ticket in (mine, partner):
        Seat.objects.create(
            conversation=conversation, role=ticket.role, participation=ticket.participation, seen_at=now
        )
        card_keep(conversation, ticket.participation)
        if ticket.role == Role.SEEKER:
            pre_chat_hand_over(ticket.participation, conversation)
    return conversation


def card_keep(conversation: Conversation, participation: Participation) -> None:
    """Show the card in the chat to whom it was shown before, and to nobody else: what asked for it is theirs alone."""
    if participation.card_at is not None:
        conversation.cards = with_roles(conversation.cards, frozenset({participation.role}))
        conversation.save(update_fields=["cards"])


def ticket_advance(
    ticket: Ticket,
    event: TicketEvent,
    *,
    conversation: Conversation | None = None,
    now: datetime | None = None,
    priority: int | None = None,
) -> None:
    """Take one step of a ticket by compare-and-set.

    Raises:
        LobbyRefused: somebody else moved the ticket in the meantime.
    """
    before = TicketState(ticket.state)
    after = advance_ticket(before, event)
    changes: dict[str, object] = {"state": after, "conversation": conversation}
    if now is not None:
        changes["ended_at"] = now
    if priority is not None:
        changes["priority"] = priority
    if Ticket.objects.filter(pk=ticket.pk, state=before).update(**changes) != 1:
        raise LobbyRefused("This wait is over already.")


@transaction.atomic
def seat_ready(seat_id: int) -> Conversation:
    """Say that one is there; the conversation begins when both have said so.

    Raises:
        NotYourSeat: no such seat, or the ready check is over.
    """
    seat = Seat.objects.filter(pk=seat_id).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    if conversation.state == State.CHATTING:
        return conversation
    if conversation.state != State.READY_CHECK:
        raise NotYourSeat("This pairing is over.")
    now = database_now()
    Seat.objects.filter(pk=seat_id, ready_at__isnull=True).update(ready_at=now, seen_at=now)
    if conversation.seats.filter(ready_at__isnull=True).exists():
        return conversation
    conversation_start(conversation, now=now)
    for ticket in Ticket.objects.filter(conversation=conversation, state=TicketState.MATCHED):
        ticket_advance(ticket, TicketEvent.SEAT, conversation=conversation, now=now)
    return conversation


@transaction.atomic
def ready_check_expire(conversation_id: int) -> bool:
    """Call off a ready check whose time is over; return whether it was this call that did.

    Who was there goes back to the head of the queue; who was not loses the place.
    """
    conversation = conversation_locked(conversation_id)
    now = database_now()
    if (
        conversation.state != State.READY_CHECK
        or conversation.deadline_at is None
        or conversation.deadline_at > now
    ):
        return False
    ready_check_cancel(conversation, now=now, reason="time_over")
    return True


def ready_check_cancel(
    conversation: Conversation, *, now: datetime, reason: str, keep: Collection[int | None] | None = None
) -> None:
    """Call off a ready check: `keep` names the participations that stay in the queue, by default who was ready.

    Should be called while holding a SELECT FOR UPDATE lock on the conversation.
    """
    conversation_advance(conversation, Event.NO_SHOW, now=now, reason=reason)
    conversation.deadline_at = None
    conversation.save(update_fields=["state", "deadline_at"])
    if keep is None:
        ready = conversation.seats.filter(ready_at__isnull=False)
        keep = set(ready.values_list("participation_id", flat=True))
    conversation.seats.update(released_at=now)
    PreChatSurvey.objects.filter(conversation=conversation, participation__isnull=False).update(
        conversation=None
    )
    for ticket in Ticket.objects.filter(conversation=conversation, state=TicketState.MATCHED):
        if ticket.participation_id in keep:
            ticket_advance(ticket, TicketEvent.REQUEUE, priority=1)
            Ticket.objects.filter(pk=ticket.pk).update(seen_at=now)
        else:
            ticket_advance(ticket, TicketEvent.MISS, conversation=conversation, now=now)


@transaction.atomic
def lobby_leave(participation: Participation) -> Participation:
    """Leave the lobby, paid for the wait. Leaving again changes nothing.

    Raises:
        LobbyRefused: a partner was found in the meantime.
    """
    ticket = (
        Ticket.objects.select_for_update(no_key=True, of=("self",))
        .filter(participation=participation, state__in=OPEN_TICKETS)
        .first()
    )
    now = database_now()
    if ticket is not None:
        if ticket.state != TicketState.WAITING:
            raise LobbyRefused("A partner has just been found for you.")
        ticket_advance(ticket, TicketEvent.LEAVE, now=now)
    if Seat.objects.filter(participation=participation, released_at__isnull=True).exists():
        raise LobbyRefused("You are in a conversation already.")
    return part_end(participation, outcome=Outcome.NO_MATCH)


def lobby_stay(participation: Participation) -> None:
    """Wait on after the cap."""
    Ticket.objects.filter(participation=participation, state=TicketState.WAITING).update(cap_waived=True)
