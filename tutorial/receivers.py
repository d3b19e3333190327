"""What this room does when the study room announces something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from study.signals import participant_withdrawn
from tutorial.services.qualifications import qualification_notes_erase


@receiver(participant_withdrawn, dispatch_uid="tutorial.withdrawal")
def erase_notes(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """Erase what the study team wrote about the participant. Answers in quiz and exam are choices, no words."""
    return {"staff_notes": qualification_notes_erase(participant_id)}
