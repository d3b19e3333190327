"""Follow a withdrawal: erase what the study team wrote about somebody's conversations."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q

from collection.api import Seat
from qualitycontrol.models import (
    AssessmentEvent,
    AuditEvent,
    IntensityDecision,
    ReleaseItem,
    ReviewDecision,
    ReviewStep,
    ReviewVote,
)
from study.domain.withdrawal import TOMBSTONE

NOTES: tuple[tuple[type[models.Model], str, str, Q], ...] = (
    # The rule's own reasons are codes and stay; a person's may quote.
    (AssessmentEvent, "assessment__conversation__in", "reason", ~Q(by="")),
    (IntensityDecision, "assessment__conversation__in", "reason", Q()),
    (AuditEvent, "conversation__in", "detail", Q()),
    (ReviewStep, "item__conversation__in", "reason", ~Q(by="")),
    (ReviewVote, "item__conversation__in", "note", Q()),
    (ReviewDecision, "item__conversation__in", "reason", Q()),
)
"""Free text of the study team that may quote a transcript: model, way to its conversation, field, which rows."""


@transaction.atomic
def withdrawal_follow(participant_id: int) -> dict[str, int]:
    """Erase the notes, and count the conversations that earlier releases hold.

    The rows stay: that a decision was made, when and by whom, is no word of the participant's. That the
    conversations enter no later release follows from the withdrawal itself (`collection.api.public_release`).
    """
    conversations = list(
        Seat.objects.filter(participation__participant=participant_id).values_list(
            "conversation_id", flat=True
        )
    )
    notes = 0
    for model, path, field, which in NOTES:
        rows = model._default_manager.filter(which, **{path: conversations}).exclude(**{field: ""})
        notes += rows.update(**{field: TOMBSTONE})
    released = ReleaseItem.objects.filter(conversation__in=conversations).values("conversation").distinct()
    return {"staff_notes": notes, "released_conversations": released.count()}
