"""Keep supporters from carrying too much: so many conversations a day, a pause and a question after a difficult one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from collection.domain.errors import CheckInRefused, TextEmpty
from collection.domain.safety import CaseKind, Feeling, Source
from collection.domain.text import clean_text
from collection.models import CheckIn, Conversation, Seat
from collection.services.safety_cases import case_raise
from collection.services.safety_signals import signals_of_answer
from collection.services.team_messages import participation_locked
from study.clock import database_now
from study.domain.risk_content import SEVERITY
from study.models import Participation
from study.models.participant import Role

DAY = timedelta(days=1)
TEXT_MAX_LENGTH = 2000
CHECK_IN_SEVERITY = 2


class Reason(StrEnum):
    """Why a supporter does not begin another conversation now."""

    CHECK_IN = "check_in"
    """The last one was difficult: the study team asks how they are."""
    COOL_DOWN = "cool_down"
    """The last one was difficult: a pause."""
    LIMIT = "limit"
    """As many as the protocol allows for a day."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A supporter's pause."""

    reason: Reason
    until: datetime | None
    """When it ends by itself; None: with the answer to the check-in."""
    conversation_id: int | None = None
    """The difficult one."""


def pause_of(participation: Participation, *, now: datetime) -> Pause | None:
    """Return why a supporter may not begin a conversation now, or None."""
    if participation.role != Role.SUPPORTER:
        return None
    care = participation.protocol_version.protocol.safety.care
    difficult = _last_difficult(participation)
    if difficult is not None and difficult.ended_at is not None and care.cool_down_minutes:
        answered = CheckIn.objects.filter(
            conversation=difficult, participation__participant=participation.participant_id
        )
        if not answered.exists():
            return Pause(Reason.CHECK_IN, None, difficult.pk)
        until = difficult.ended_at + timedelta(minutes=care.cool_down_minutes)
        if until > now:
            return Pause(Reason.COOL_DOWN, until, difficult.pk)
    return _limit(participation, per_day=care.chats_per_day, now=now)


def _limit(participation: Participation, *, per_day: int, now: datetime) -> Pause | None:
    if not per_day:
        return None
    begun = _conversations(participation).filter(started_at__gt=now - DAY).order_by("-started_at")
    starts = list(begun.values_list("started_at", flat=True)[:per_day])
    if len(starts) < per_day or starts[-1] is None:
        return None
    return Pause(Reason.LIMIT, starts[-1] + DAY)


def _conversations(participation: Participation) -> QuerySet[Conversation]:
    seats = Seat.objects.filter(participation__participant=participation.participant_id, role=Role.SUPPORTER)
    return Conversation.objects.filter(pk__in=seats.values("conversation"), started_at__isnull=False)


def _last_difficult(participation: Participation) -> Conversation | None:
    """Return the latest conversation of this person in which somebody's words met a phrase of the protocol's tier."""
    care = participation.protocol_version.protocol.safety.care
    flagged = _conversations(participation).filter(
        ended_at__isnull=False,
        safety_cases__kind=CaseKind.PHRASES,
        safety_cases__severity__gte=SEVERITY[care.cool_down_tier],
        safety_cases__signals__source=Source.UTTERANCE,
    )
    return flagged.order_by("-ended_at", "-pk").first()


@transaction.atomic
def check_in_give(participation_id: int, *, feeling: str, text: str = "") -> CheckIn:
    """Store how a supporter is; who is not well reaches the study team's queue. A second time changes nothing.

    Raises:
        CheckInRefused: nobody asks, or the answer is not one of the three.
        TextTooLong, TextInvalid: see `collection.domain.text`.
    """
    participation = participation_locked(participation_id)
    if feeling not in list(Feeling):
        raise CheckInRefused("Please choose one of the answers.")
    now = database_now()
    pause = pause_of(participation, now=now)
    if pause is None or pause.reason is not Reason.CHECK_IN or pause.conversation_id is None:
        raise CheckInRefused
    try:
        clean = clean_text(text, max_length=TEXT_MAX_LENGTH)
    except TextEmpty:
        clean = ""
    given = CheckIn.objects.create(
        participation=participation,
        conversation_id=pause.conversation_id,
        feeling=feeling,
        text=clean,
        at=now,
    )
    if feeling == Feeling.UNWELL:
        case_raise(participation, kind=CaseKind.CHECK_IN, severity=CHECK_IN_SEVERITY, now=now)
    if clean:
        signals_of_answer(participation, clean, source=Source.CHECK_IN, now=now)
    return given
