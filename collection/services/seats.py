"""Be done with a seat: the conversation is paid, and the participation ends or goes on, each side alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from collection import signals
from collection.models import Seat, Ticket
from collection.services.conversations import conversation_close
from study.domain.pay import outcome_kept
from study.models import Participation, Study
from study.models.participant import Outcome
from study.services.budget import budget_allows_another
from study.services.participations import conversation_pay, participation_end

LOST = frozenset({Outcome.PARTNER_LEFT, Outcome.TECHNICAL_FAILURE})
"""Outcomes of a conversation that was taken from somebody."""


def seat_release(seat: Seat, *, now: datetime, leaving: bool = False) -> None:
    """Release a seat after its conversation, pay it, and close the conversation when it was the last.

    The participation ends with it, except for somebody whose conversation was taken from them and who may look for
    another partner: that one chooses (`leaving`: has chosen already, by leaving the study).
    Should be called while holding a SELECT FOR UPDATE lock on the conversation. Once: a released seat stays as it is.
    """
    if seat.released_at is not None:
        return
    seat.released_at = now
    seat.save(update_fields=["released_at"])
    if seat.participation_id is not None:
        _settle(seat, seat.participation_id, leaving=leaving)
    if not Seat.objects.filter(conversation_id=seat.conversation_id, released_at__isnull=True).exists():
        conversation_close(seat.conversation_id)


def _settle(seat: Seat, participation_id: int, *, leaving: bool) -> None:
    participation = (
        Participation.objects.select_related("participant", "study", "protocol_version", "recruitment")
        .defer("protocol_version__document")
        .get(pk=participation_id)
    )
    if participation.compares:
        signals.chat_left_behind.send(sender=Seat, seat=seat)
        return
    conversation_pay(participation.pk, outcome=seat.outcome, conversation=seat.conversation.public_id)
    if leaving or not _another_possible(seat, participation):
        part_end(participation)


def _another_possible(seat: Seat, participation: Participation) -> bool:
    """Return whether the protocol, the study and its budget have room for another conversation."""
    return (
        seat.outcome in LOST
        and another_left(participation)
        and participation.participant.withdrawn_at is None
        and participation.study.state != Study.State.CLOSED
        and budget_allows_another(participation.study)
    )


def another_left(participation: Participation) -> bool:
    """Return whether the protocol allows one more conversation after those that began so far.

    A comparison has its two, and nobody takes the place of either partner.
    """
    if participation.compares:
        return False
    begun = Seat.objects.filter(participation=participation, conversation__started_at__isnull=False)
    return begun.count() < participation.protocol_version.protocol.chat.conversations_max


def partner_lost(participation: Participation) -> bool:
    """Return whether a conversation was taken from this participation, so that it goes first in the queue."""
    return Seat.objects.filter(participation=participation, outcome__in=LOST).exists()


def outcome_now(participation: Participation, outcome: str = "") -> str:
    """Return what the participation ends as if it ends now, by `outcome` or by its conversations alone.

    Raises:
        ValueError: there is neither an outcome nor a conversation that is over.
    """
    if participation.compares and outcome:
        return outcome  # what its conversations brought has lines of its own
    over = Seat.objects.filter(participation=participation, released_at__isnull=False).exclude(outcome="")
    # A conversation's outcome stands before that of a wait which pays as much.
    outcomes = [*([outcome] if outcome else []), *over.order_by("pk").values_list("outcome", flat=True)]
    return outcome_kept(participation.protocol_version.protocol.rewards, outcomes, role=participation.role)


def part_end(
    participation: Participation, *, outcome: str = "", training_share: Decimal = Decimal(0)
) -> Participation:
    """End a participation with the best that its conversations earned, or with `outcome`; all waits are paid.

    A participation that has ended already stays as it is.
    """
    return participation_end(
        participation.pk,
        outcome=outcome_now(participation, outcome),
        wait_seconds=waited_seconds(participation.pk),
        training_share=training_share,
    )


def waited_seconds(participation_id: int, *, now: datetime | None = None) -> float:
    """Return how long a participation waited in lobbies, all waits together; with `now`, the open wait too."""
    seconds = 0.0
    for ticket in Ticket.objects.filter(participation_id=participation_id):
        until = ticket.ended_at or now
        if until is not None:
            seconds += (until - ticket.since).total_seconds()
    return seconds
