"""What this room does when the study room announces something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collection.services.withdrawals import withdrawal_follow
from study.signals import participant_withdrawn


@receiver(participant_withdrawn, dispatch_uid="collection.withdrawal")
def end_and_erase(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """End what the participant takes part in and erase what they wrote, in the announcing transaction."""
    return withdrawal_follow(participant_id)
