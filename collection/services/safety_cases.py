"""Raise safety cases, and take them through their lifecycle with a journal."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from collection.domain.errors import CaseRefused
from collection.domain.safety import CaseEvent, CaseKind, CaseState, Resolution, advance_case
from collection.models import CaseStep, PairingFreeze, SafetyCase
from study.domain.risk_content import SEVERITY, Tier
from study.models import Participation
from study.monitoring import watch_of

TIER_OF = {rank: Tier(tier) for tier, rank in SEVERITY.items()}


def case_raise(
    participation: Participation,
    *,
    kind: CaseKind,
    severity: int,
    now: datetime,
    conversation_id: int | None = None,
) -> SafetyCase:
    """Open a case, or make the open one of this participation, conversation and kind as severe as this.

    Should be called while holding a lock that every raiser takes: the conversation's, or the participation's.
    """
    case = (
        SafetyCase.objects.select_for_update(no_key=True)
        .filter(participation=participation, kind=kind, conversation=conversation_id)
        .exclude(state=CaseState.CLOSED)
        .first()
    )
    due_at = _due_at(participation, severity=severity, now=now)
    if case is None:
        case = SafetyCase.objects.create(
            study=participation.study,
            participation=participation,
            conversation_id=conversation_id,
            kind=kind,
            severity=severity,
            raised_at=now,
            due_at=due_at,
        )
        CaseStep.objects.create(case=case, at=now, what="raised", after=CaseState.OPEN)
    elif severity > case.severity:
        # The clock of the more severe tier begins now, unless the old one ends sooner.
        case.severity = severity
        case.due_at = min(due_at, case.due_at) if due_at and case.due_at else due_at
        case.save(update_fields=["severity", "due_at"])
    return case


def _due_at(participation: Participation, *, severity: int, now: datetime) -> datetime | None:
    within = participation.protocol_version.protocol.safety.respond_within
    minutes: int = getattr(within, TIER_OF[severity])
    return watch_of(participation.study).due_at(now, minutes=minutes)


def case_locked(case_id: int) -> SafetyCase:
    """Return a case under SELECT FOR UPDATE. Should be called inside a transaction."""
    return (
        SafetyCase.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "participation__participant", "conversation")
        .get(pk=case_id)
    )


def case_advance(
    case: SafetyCase,
    event: CaseEvent,
    *,
    by: AbstractBaseUser | None,
    now: datetime,
    note: str = "",
    resolution: Resolution | None = None,
) -> None:
    """Take one step and write it into the journal.

    Should be called while holding a SELECT FOR UPDATE lock on the case.

    Raises:
        IllegalTransition: the step does not exist.
        CaseRefused: it is closed without saying what came of it.
    """
    before = CaseState(case.state)
    case.state = advance_case(before, event)
    if event is CaseEvent.CLOSE:
        if resolution is None:
            raise CaseRefused("Say what came of it.")
        case.closed_at, case.resolution = now, resolution
        if resolution is not Resolution.KEPT_APART:
            PairingFreeze.objects.filter(case=case, lifted_at__isnull=True).update(lifted_at=now)
    elif event is CaseEvent.REOPEN:
        case.closed_at, case.resolution = None, ""
    if by is not None and event is CaseEvent.ACKNOWLEDGE:
        case.taken_by_id = by.pk
    case.save(update_fields=["state", "closed_at", "resolution", "taken_by"])
    case_note(case, str(event), by=by, now=now, note=note, before=before)


def case_note(
    case: SafetyCase,
    what: str,
    *,
    by: AbstractBaseUser | None,
    now: datetime,
    note: str = "",
    before: str = "",
) -> None:
    """Write one line into a case's journal."""
    CaseStep.objects.create(
        case=case,
        at=now,
        what=what,
        before=before or case.state,
        after=case.state,
        by_id=by.pk if by is not None else None,
        note=note,
    )
