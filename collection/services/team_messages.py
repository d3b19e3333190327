"""Messages between a participant and the study team: a thread that reaches the reviewers' queue and is answered here."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection import events
from collection.domain.safety import CaseKind, Source
from collection.domain.text import clean_text
from collection.models import SafetyCase, Seat, TeamMessage
from collection.services.safety_cases import case_note, case_raise
from collection.services.safety_signals import signals_of_answer
from study.clock import database_now
from study.models import Participation

TEXT_MAX_LENGTH = 2000
SEVERITY = 2


@transaction.atomic
def team_message_write(participation_id: int, *, text: str, client_uid: str) -> TeamMessage:
    """Store a participant's message and raise its case; the same `client_uid` again changes nothing.

    Raises:
        TextEmpty, TextTooLong, TextInvalid: see `collection.domain.text`.
    """
    participation = participation_locked(participation_id)
    clean = clean_text(text, max_length=TEXT_MAX_LENGTH)
    found = TeamMessage.objects.filter(participation=participation, client_uid=client_uid).first()
    if found is not None:
        return found
    now = database_now()
    message = TeamMessage.objects.create(
        participation=participation,
        author=TeamMessage.Author.PARTICIPANT,
        client_uid=client_uid,
        text=clean,
        at=now,
    )
    case_raise(participation, kind=CaseKind.MESSAGE, severity=SEVERITY, now=now)
    signals_of_answer(participation, clean, source=Source.MESSAGE, now=now)
    return message


@transaction.atomic
def team_message_answer(case: SafetyCase, *, text: str, by: AbstractBaseUser, client_uid: str) -> TeamMessage:
    """Write to the participant of a case; it stands on their page, and every page of theirs says so.

    Raises:
        TextEmpty, TextTooLong, TextInvalid: see `collection.domain.text`.
    """
    participation = participation_locked(case.participation_id)
    clean = clean_text(text, max_length=TEXT_MAX_LENGTH)
    found = TeamMessage.objects.filter(participation=participation, client_uid=client_uid).first()
    if found is not None:
        return found
    now = database_now()
    message = TeamMessage.objects.create(
        participation=participation,
        author=TeamMessage.Author.TEAM,
        by_id=by.pk,
        client_uid=client_uid,
        text=clean,
        at=now,
    )
    Participation.objects.filter(pk=participation.pk).update(team_answered=True)
    TeamMessage.objects.filter(
        participation=participation, author=TeamMessage.Author.PARTICIPANT, read_at__isnull=True
    ).update(read_at=now)
    case_note(case, "wrote", by=by, now=now)
    seats = Seat.objects.filter(participation=participation, released_at__isnull=True)
    for conversation_id in seats.values_list("conversation_id", flat=True):
        transaction.on_commit(partial(events.conversation_changed, conversation_id))
    return message


@transaction.atomic
def team_messages_seen(participation_id: int) -> None:
    """Note that the participant has opened the page with the answers."""
    answers = TeamMessage.objects.filter(
        participation=participation_id, author=TeamMessage.Author.TEAM, read_at__isnull=True
    )
    if answers.update(read_at=database_now()):
        Participation.objects.filter(pk=participation_id).update(team_answered=False)


def participation_locked(participation_id: int) -> Participation:
    """Return a participation under SELECT FOR UPDATE. Should be called inside a transaction."""
    return (
        Participation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("participant", "study", "protocol_version")
        .defer("protocol_version__document")
        .get(pk=participation_id)
    )
