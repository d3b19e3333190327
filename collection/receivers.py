"""What this room does when the study room announces something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collection.services.retention import drafts_erase, messages_erase
from collection.services.withdrawals import withdrawal_follow
from study.services.retention import Cutoffs
from study.signals import participant_withdrawn, retention_due


@receiver(participant_withdrawn, dispatch_uid="collection.withdrawal")
def end_and_erase(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """End what the participant takes part in and erase what they wrote, in the announcing transaction."""
    return withdrawal_follow(participant_id)


@receiver(retention_due, dispatch_uid="collection.retention")
def let_go(*, study_id: int, cutoffs: Cutoffs, **_more: Any) -> dict[str, int]:
    """Erase drafts and messages whose time is over, in the announcing transaction."""
    erased: dict[str, int] = {}
    if cutoffs.drafts is not None:
        erased |= drafts_erase(study_id, before=cutoffs.drafts)
    if cutoffs.messages is not None:
        erased |= messages_erase(study_id, before=cutoffs.messages)
    return erased
