"""Write down who looked at what. Append-only."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from collection.api import Conversation
from qualitycontrol.models import AuditEvent


def audit_add(
    conversation: Conversation, *, user: AbstractBaseUser, action: AuditEvent.Action, detail: str = ""
) -> AuditEvent:
    """Add one event; every read counts, so nothing is merged."""
    return AuditEvent.objects.create(conversation=conversation, user_id=user.pk, action=action, detail=detail)
