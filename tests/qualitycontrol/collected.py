"""Imported conversations made to look as if they had been collected here."""

from __future__ import annotations

from collection.api import Conversation, Seat
from study.models import Consent, Participant, Participation
from study.models.participant import new_completion_code
from tests.qualitycontrol.reading import read_through


def take_part(conversation: Conversation, *, public_release: bool = True, read: bool = True) -> Participant:
    """Put a consenting seeker into the conversation, as if it had been collected here; by default it was read."""
    participant = Participant.objects.create()
    version = conversation.protocol_version
    consent = Consent.objects.create(
        participant=participant,
        protocol_version=version,
        text_version="1",
        text_sha256="0" * 64,
        take_part=True,
        public_release=public_release,
        contact_again=False,
    )
    participation = Participation.objects.create(
        participant=participant,
        study=conversation.study,
        protocol_version=version,
        provider="test",
        session_hash=new_completion_code(),
        role="seeker",
        consent=consent,
    )
    Seat.objects.filter(conversation=conversation, role="seeker").update(participation=participation)
    Conversation.objects.filter(pk=conversation.pk).update(origin="collected")
    if read:
        read_through(Conversation.objects.get(pk=conversation.pk))
    return participant
