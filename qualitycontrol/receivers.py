"""What this room does when the rooms below announce something."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from collection import signals
from qualitycontrol import tasks
from qualitycontrol.models import AuditEvent
from qualitycontrol.services.retention import unreleased_erase
from qualitycontrol.services.withdrawals import withdrawal_follow
from study.services.retention import Cutoffs
from study.signals import participant_withdrawn, retention_due


@receiver(signals.conversation_closed, dispatch_uid="qualitycontrol.assess_closed")
@receiver(signals.survey_arrived, dispatch_uid="qualitycontrol.assess_late_survey")
def assess_later(*, conversation_id: int, **_more: Any) -> None:
    """Ask for an assessment once the announcing transaction is through."""

    def ask() -> None:
        tasks.assess.delay(conversation_id)

    # robust: an unreachable broker must not fail the request that closed the conversation; the sweep finds it.
    # (Not a partial: Django names a robust callback by its __qualname__ when it fails.)
    transaction.on_commit(ask, robust=True)


@receiver(signals.transcript_read, dispatch_uid="qualitycontrol.audit_transcript_read")
def audit_read(*, conversation_id: int, user_id: int, why: str, **_more: Any) -> None:
    """Write into the audit what another room showed of a conversation."""
    AuditEvent.objects.create(
        conversation_id=conversation_id,
        user_id=user_id,
        action=AuditEvent.Action.TRANSCRIPT_READ,
        detail=why,
    )


@receiver(participant_withdrawn, dispatch_uid="qualitycontrol.withdrawal")
def erase_notes(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """Erase what the study team wrote about the participant's conversations."""
    return withdrawal_follow(participant_id)


@receiver(retention_due, dispatch_uid="qualitycontrol.retention")
def let_go(*, study_id: int, cutoffs: Cutoffs, **_more: Any) -> dict[str, int]:
    """Erase the words of conversations that no release holds and whose time is over."""
    if cutoffs.unreleased is None:
        return {}
    return unreleased_erase(study_id, before=cutoffs.unreleased)
