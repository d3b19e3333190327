"""Move a conversation through its lifecycle. Every change goes through `_advance`, under the row's lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from collection import agents, events, signals
from collection.domain import gates
from collection.domain.errors import (
    CannotFinishYet,
    ConversationOver,
    NoMorePasses,
    NotYourSeat,
    PartnerNotIdle,
)
from collection.domain.exits import EndReason, end_reason, outcome
from collection.domain.lifecycle import Event, State, advance
from collection.models import Conversation, ConversationEvent, Seat
from study.clock import database_now
from study.domain.pay import CHAT_REASON
from study.models import Participation
from study.models.participant import Outcome, Role
from study.services.ledger import ledger_book


def conversation_locked(conversation_id: int) -> Conversation:
    """Return a conversation under SELECT FOR UPDATE. Should be called inside a transaction."""
    return (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version", "study")
        .defer("protocol_version__document")
        .get(pk=conversation_id)
    )


def conversation_advance(
    conversation: Conversation, event: Event, *, now: datetime, role: str = "", reason: str = ""
) -> None:
    """Take one step of the lifecycle and write it into the journal.

    Should be called while holding a SELECT FOR UPDATE lock on the conversation; the caller saves other fields itself.

    Raises:
        IllegalTransition: the step does not exist.
    """
    before = State(conversation.state)
    conversation.state = advance(before, event)
    ConversationEvent.objects.create(
        conversation=conversation,
        at=now,
        event=event,
        before=before,
        after=conversation.state,
        role=role,
        reason=reason,
    )
    transaction.on_commit(partial(events.conversation_changed, conversation.pk))


def conversation_start(conversation: Conversation, *, now: datetime) -> None:
    """Begin to chat. Should be called while holding a SELECT FOR UPDATE lock on the conversation."""
    conversation_advance(conversation, Event.BOTH_READY, now=now)
    conversation.started_at = now
    conversation.deadline_at = now + timedelta(
        seconds=conversation.protocol_version.protocol.chat.max_seconds
    )
    conversation.save(update_fields=["state", "started_at", "deadline_at"])
    # Silence is measured from the beginning for whoever says nothing at all.
    conversation.seats.update(active_at=now, seen_at=now)
    if conversation.seats.exclude(occupant=Seat.HUMAN).exists():
        transaction.on_commit(partial(agents.turn_wanted, conversation.pk))


@transaction.atomic
def conversation_end(*, seat_id: int, manner: str) -> Conversation:
    """End the conversation from one seat; ending it again changes nothing.

    `manner`: "finish" (the gate must be open; the seeker only), "partner_silent" (the partner must have been
    silent long enough), "leave" and "safety" (always possible), "pass" (the supporter only, so often a day).

    Raises:
        NotYourSeat: no such seat.
        CannotFinishYet, PartnerNotIdle, NoMorePasses: the manner is not open now.
        ConversationOver: it ended before, in another manner.
    """
    seat = Seat.objects.filter(pk=seat_id).first()
    if seat is None:
        raise NotYourSeat
    conversation = conversation_locked(seat.conversation_id)
    reason = end_reason(manner, role=seat.role)
    if conversation.state in {State.SURVEYING, State.CLOSED}:
        if conversation.end_reason == reason:
            return conversation
        raise ConversationOver("The conversation has ended already.")
    now = database_now()
    _check_manner(conversation, seat, manner, now=now)
    _end(conversation, reason, now=now, role=seat.role)
    return conversation


def _check_manner(conversation: Conversation, seat: Seat, manner: str, *, now: datetime) -> None:
    rules = conversation.protocol_version.protocol.chat
    if manner == "finish" and (
        seat.role != Role.SEEKER
        or conversation.started_at is None
        or not gates.may_finish(
            rules, turns=conversation.seeker_turns, started_at=conversation.started_at, now=now
        )
    ):
        minutes = rules.finish_min_seconds / 60
        raise CannotFinishYet(
            f"The seeker can finish after {rules.finish_min_seeker_turns} turns and {minutes:g} minutes."
        )
    if manner == "partner_silent":
        partner = conversation.seats.exclude(pk=seat.pk).get()
        since = partner.active_at or conversation.started_at
        if since is None or not gates.partner_silent(
            rules, last_active_at=since, extended_at=partner.extended_at, now=now
        ):
            raise PartnerNotIdle
    if manner == "pass" and not may_be_passed(conversation, seat, now=now):
        raise NoMorePasses


def may_be_passed(conversation: Conversation, seat: Seat, *, now: datetime) -> bool:
    """Return whether a seat may hand its conversation on, fully paid: the supporter's, and so often in 24 hours."""
    if seat.role != Role.SUPPORTER:
        return False
    passed = Conversation.objects.filter(
        end_reason=EndReason.SUPPORTER_PASSED,
        ended_at__gt=now - timedelta(days=1),
        seats__role=Role.SUPPORTER,
        seats__participation__participant__participations__seats=seat,
    )
    care = conversation.protocol_version.protocol.safety.care
    return passed.distinct().count() < care.passes_per_day


@transaction.atomic
def conversation_stop(conversation_id: int, *, reason: EndReason) -> Conversation:
    """End a conversation from outside the seats: the clock, the study team, a withdrawal. Once."""
    conversation = conversation_locked(conversation_id)
    if conversation.state == State.CHATTING:
        _end(conversation, reason, now=database_now())
    return conversation


def _end(conversation: Conversation, reason: EndReason, *, now: datetime, role: str = "") -> None:
    conversation_advance(conversation, Event.END, now=now, role=role, reason=reason)
    conversation.end_reason = reason
    conversation.ended_at = now
    conversation.ended_ordinal = conversation.last_ordinal
    window = conversation.protocol_version.protocol.chat.survey_window_seconds
    conversation.deadline_at = now + timedelta(seconds=window)
    conversation.save(update_fields=["state", "end_reason", "ended_at", "ended_ordinal", "deadline_at"])
    rewards = conversation.protocol_version.protocol.rewards
    for seat in conversation.seats.all():
        seat.outcome = outcome(reason, role=seat.role)
        seat.exit_status = rewards.row(seat.outcome, role=seat.role).exit_status
        if seat.occupant != Seat.HUMAN:
            seat.released_at = now
            transaction.on_commit(partial(agents.turn_wanted, conversation.pk))
        seat.save(update_fields=["outcome", "exit_status", "released_at"])
        if seat.participation is not None and seat.participation.compares:
            _book_chat(seat, seat.participation)


def _book_chat(seat: Seat, participation: Participation) -> None:
    """Book a finished conversation of a comparison at once: nothing that happens afterwards takes it away."""
    if seat.outcome == Outcome.COMPLETED:
        number = held_conversations(participation)
        rewards = participation.protocol_version.protocol.rewards
        ledger_book(participation, reason=f"{CHAT_REASON}{number}", amount=rewards.chat)


def held_conversations(participation: Participation) -> int:
    """Return how many conversations of a participation have begun."""
    return Seat.objects.filter(participation=participation, conversation__started_at__isnull=False).count()


@transaction.atomic
def conversation_close(conversation_id: int) -> Conversation:
    """Close a conversation whose survey time is over, or whose sides are both done; once."""
    conversation = conversation_locked(conversation_id)
    if conversation.state != State.SURVEYING:
        return conversation
    now = database_now()
    conversation_advance(conversation, Event.CLOSE, now=now)
    conversation.closed_at = now
    conversation.deadline_at = None
    conversation.save(update_fields=["state", "closed_at", "deadline_at"])
    transaction.on_commit(
        partial(signals.conversation_closed.send, sender=Conversation, conversation_id=conversation.pk)
    )
    return conversation
