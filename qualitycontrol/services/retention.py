"""Which conversations no release holds, and what is let go of them."""

from __future__ import annotations

from datetime import datetime

from collection.api import conversations_closed_before, conversations_erase
from qualitycontrol.models import ReleaseItem


def unreleased_erase(study_id: int, *, before: datetime) -> dict[str, int]:
    """Erase the words of conversations closed before an instant that no release holds; return how many of each kind."""
    ids = conversations_closed_before(study_id, before)
    released = ReleaseItem.objects.filter(conversation__in=ids).values_list("conversation_id", flat=True)
    return conversations_erase(set(ids) - set(released))
