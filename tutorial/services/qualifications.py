"""Grant and revoke qualifications."""

from __future__ import annotations

from django.db import transaction

from study.clock import database_now
from study.domain.withdrawal import TOMBSTONE
from study.models import Participant, ProtocolVersion
from tutorial.domain.errors import ReasonMissing
from tutorial.domain.qualification import expiry, training_digest
from tutorial.models import Attempt, Qualification
from tutorial.models.qualification import REASON_MAX_LENGTH


@transaction.atomic
def qualification_grant(
    participant: Participant, *, protocol_version: ProtocolVersion, attempt: Attempt | None = None
) -> Qualification:
    """Admit a participant to the supporter's seat from now on, for as long as the protocol says.

    An attempt earns one qualification: the same attempt again returns the one that stands.
    Without an attempt it is the study team's own decision, and a new qualification each time.
    """
    if attempt is not None:
        found = Qualification.objects.filter(attempt=attempt).first()
        if found is not None:
            return found
    protocol = protocol_version.protocol
    now = database_now()
    return Qualification.objects.create(
        participant=participant,
        protocol_version=protocol_version,
        training_sha256=training_digest(protocol),
        attempt=attempt,
        granted_at=now,
        expires_at=expiry(now, protocol.tutorial.exam),
    )


@transaction.atomic
def qualification_revoke(qualification_id: int, *, reason: str) -> Qualification:
    """Take a qualification back; the first reason stands.

    A conversation that is going on goes on. The next one cannot be joined.

    Raises:
        ReasonMissing: no reason was given, or one that is longer than the record holds.
    """
    if not reason.strip():
        raise ReasonMissing
    if len(reason.strip()) > REASON_MAX_LENGTH:
        raise ReasonMissing(f"Please give the reason in at most {REASON_MAX_LENGTH} characters.")
    qualification = Qualification.objects.select_for_update(no_key=True).get(pk=qualification_id)
    if qualification.revoked_at is None:
        qualification.revoked_at = database_now()
        qualification.revoked_reason = reason.strip()
        qualification.save(update_fields=["revoked_at", "revoked_reason"])
    return qualification


def qualification_notes_erase(participant_id: int) -> int:
    """Put a tombstone in place of the reasons for which qualifications were revoked; return how many.

    A reason may quote what somebody wrote. That a qualification was revoked, and when, stays.
    """
    noted = Qualification.objects.filter(participant=participant_id).exclude(revoked_reason="")
    return noted.update(revoked_reason=TOMBSTONE)
