"""What this room does when the collection room announces something."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from collection import signals
from qualitycontrol import tasks


@receiver(signals.conversation_closed, dispatch_uid="qualitycontrol.assess_closed")
@receiver(signals.survey_arrived, dispatch_uid="qualitycontrol.assess_late_survey")
def assess_later(*, conversation_id: int, **_more: Any) -> None:
    """Ask for an assessment once the announcing transaction is through."""

    def ask() -> None:
        tasks.assess.delay(conversation_id)

    # robust: an unreachable broker must not fail the request that closed the conversation; the sweep finds it.
    # (Not a partial: Django names a robust callback by its __qualname__ when it fails.)
    transaction.on_commit(ask, robust=True)
