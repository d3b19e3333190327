"""Where a participant is, derived from what is stored: the one function that every page asks.

Every state has a page. A reload, the back button, another device or a lost session end up where this says.
"""

from __future__ import annotations

from enum import StrEnum

from collection.domain.lifecycle import State
from collection.domain.lobby import OPEN_TICKETS
from collection.models import PreChatSurvey, Seat, Ticket
from collection.services.care import pause_of
from collection.services.offers import offer_ends_at
from study.clock import database_now
from study.models import Participation
from study.models.participant import Role
from tutorial import api as tutorial


class Step(StrEnum):
    """A page of the way; the value is the URL's name."""

    CONSENT = "study:consent"
    ROLE = "study:role"
    TRAINING = "tutorial:overview"
    PRE_CHAT = "collection:pre_chat"
    LOBBY = "collection:lobby"
    COMPARISON = "comparison"
    """Between and after two conversations; whoever owns the comparison has the page."""
    READY = "collection:ready"
    CHAT = "collection:chat"
    POST_CHAT = "collection:post_chat"
    CARE = "collection:care"
    AGAIN = "collection:again"
    END = "study:end"


_SEAT_STEPS = {
    State.READY_CHECK: Step.READY,
    State.CHATTING: Step.CHAT,
    State.SURVEYING: Step.POST_CHAT,
    State.CLOSED: Step.POST_CHAT,
}


def open_seat(participation: Participation) -> Seat | None:
    """Return the seat that the participation holds now."""
    return (
        Seat.objects.filter(participation=participation, released_at__isnull=True)
        .select_related("conversation__protocol_version")
        .first()
    )


def step_now(participation: Participation) -> Step:
    """Return the step that a participation stands at."""
    if participation.ended:
        return Step.END
    if participation.consent_id is None:
        return Step.CONSENT
    if not participation.role:
        return Step.ROLE
    seat = open_seat(participation)
    if seat is not None:
        return _SEAT_STEPS[State(seat.conversation.state)]
    paused = pause_of(participation, now=database_now()) is not None
    if not participation.compares and offer_ends_at(participation) is not None:
        return Step.CARE if paused else Step.AGAIN
    if participation.role == Role.SUPPORTER:
        passed = tutorial.training_state(participation) == "passed"
        after = Step.CARE if paused and not _waits(participation) else Step.LOBBY
        return after if passed else Step.TRAINING
    return _seeker_step(participation)


def _seeker_step(participation: Participation) -> Step:
    if not PreChatSurvey.objects.filter(participation=participation).exists():
        return Step.PRE_CHAT
    # Who compares waits only where the next partner is a person.
    compares = participation.compares and not _waits(participation)
    return Step.COMPARISON if compares else Step.LOBBY


def _waits(participation: Participation) -> bool:
    """Return whether the participation has a place in the queue: a pause that begins elsewhere does not take it."""
    return Ticket.objects.filter(participation=participation, state__in=OPEN_TICKETS).exists()
