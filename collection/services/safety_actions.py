"""What a reviewer may do about a case. Every action stands in the journal with who did it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection import signals
from collection.domain.errors import CaseRefused
from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.safety import CaseEvent, CaseKind, CaseState, Resolution
from collection.models import Conversation, SafetyCase
from collection.services.conversations import conversation_stop
from collection.services.safety_cases import case_advance, case_locked, case_note
from collection.services.team_messages import team_message_answer
from study.clock import database_now


@transaction.atomic
def case_acknowledge(case_id: int, *, by: AbstractBaseUser) -> SafetyCase:
    """Take a case; taking it again changes nothing."""
    case = case_locked(case_id)
    if case.state == CaseState.OPEN:
        case_advance(case, CaseEvent.ACKNOWLEDGE, by=by, now=database_now())
    return case


@transaction.atomic
def case_escalate(case_id: int, *, by: AbstractBaseUser, note: str) -> SafetyCase:
    """Hand a case to whoever leads the study.

    Raises:
        CaseRefused: no reason is given.
        IllegalTransition: it is escalated or closed already.
    """
    case = case_locked(case_id)
    case_advance(case, CaseEvent.ESCALATE, by=by, now=database_now(), note=_needed(note))
    return case


@transaction.atomic
def case_contact(case_id: int, *, by: AbstractBaseUser, text: str, client_uid: str) -> SafetyCase:
    """Write to the participant of a case, as the study team; an open case is thereby taken.

    Raises:
        TextEmpty, TextTooLong, TextInvalid: see `collection.domain.text`.
    """
    case = case_locked(case_id)
    team_message_answer(case, text=text, by=by, client_uid=client_uid)
    if case.state == CaseState.OPEN:
        case_advance(case, CaseEvent.ACKNOWLEDGE, by=by, now=database_now())
    return case


@transaction.atomic
def case_end_conversation(case_id: int, *, by: AbstractBaseUser, note: str) -> SafetyCase:
    """End the case's conversation for both sides, fully paid; they are told that the study team ended it.

    Raises:
        CaseRefused: no reason is given, or no conversation is going on.
    """
    note = _needed(note)
    case = case_locked(case_id)
    if case.conversation is None or case.conversation.state != State.CHATTING:
        raise CaseRefused("No conversation of this case is going on.")
    conversation_stop(case.conversation.pk, reason=EndReason.TEAM_ENDED)
    now = database_now()
    if case.state == CaseState.OPEN:
        case_advance(case, CaseEvent.ACKNOWLEDGE, by=by, now=now)
    case_note(case, "ended", by=by, now=now, note=note)
    return case


@transaction.atomic
def case_close(case_id: int, *, by: AbstractBaseUser, resolution: Resolution, note: str) -> SafetyCase:
    """Close a case with what came of it. A report that is closed lets its person be paired again, unless kept apart.

    Raises:
        CaseRefused: no reason is given, or somebody would be kept apart who was not reported.
        IllegalTransition: it is closed already.
    """
    case = case_locked(case_id)
    if resolution is Resolution.KEPT_APART and case.kind != CaseKind.REPORT:
        raise CaseRefused("Only somebody who was reported is kept apart.")
    case_advance(case, CaseEvent.CLOSE, by=by, now=database_now(), note=_needed(note), resolution=resolution)
    return case


@transaction.atomic
def case_reopen(case_id: int, *, by: AbstractBaseUser, note: str) -> SafetyCase:
    """Take up a closed case again.

    Raises:
        CaseRefused: no reason is given, or a newer case about the same is open.
        IllegalTransition: it is not closed.
    """
    case = case_locked(case_id)
    newer = SafetyCase.objects.filter(
        participation=case.participation_id, kind=case.kind, conversation=case.conversation_id
    ).exclude(state=CaseState.CLOSED)
    if newer.exists():
        raise CaseRefused("A newer case about the same is open.")
    case_advance(case, CaseEvent.REOPEN, by=by, now=database_now(), note=_needed(note))
    return case


@transaction.atomic
def case_context_read(case_id: int, *, by: AbstractBaseUser) -> SafetyCase:
    """Write down that somebody reads a case's context; the rooms above write it into their own audit too."""
    case = case_locked(case_id)
    case_note(case, "read", by=by, now=database_now())
    if case.conversation_id is not None:
        signals.transcript_read.send(
            sender=Conversation,
            conversation_id=case.conversation_id,
            user_id=by.pk,
            why=f"safety case {case.pk}",
        )
    return case


def _needed(note: str) -> str:
    if not note.strip():
        raise CaseRefused("Please give a reason in a few words.")
    return note.strip()
