"""Set up studies and their invitations."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from study.identity import keyed_hash
from study.models import InvitationLink, ProtocolVersion, Study


@transaction.atomic
def study_create(
    slug: str,
    *,
    title: str,
    protocol_version: ProtocolVersion,
    contact: str,
    is_demo: bool = False,
    state: str = Study.State.OPEN,
) -> Study:
    """Create a study, or return the one with that slug unchanged."""
    study, _created = Study.objects.get_or_create(
        slug=slug,
        defaults={
            "title": title,
            "protocol_version": protocol_version,
            "contact": contact,
            "is_demo": is_demo,
            "state": state,
        },
    )
    return study


def invitation_create(
    study: Study, *, role: str = "", max_uses: int = 1, cohort: str = "", expires_at: datetime | None = None
) -> str:
    """Create an invitation and return its token, which is stored nowhere: only its hash is."""
    token = secrets.token_urlsafe(16)
    InvitationLink.objects.create(
        study=study,
        token_hash=keyed_hash("invitation", token),
        role=role,
        max_uses=max_uses,
        cohort=cohort,
        expires_at=expires_at,
    )
    return token
