"""Stored conversations for this room's tests, made through the rooms' own services."""

from __future__ import annotations

import itertools

from collection.api import Conversation, ImportSource, conversation_import
from corpus import record as corpus_record
from study.models import ProtocolVersion, Study
from study.services.protocols import protocol_load
from study.services.studies import study_create
from tests.qualitycontrol.factories import make_record

_sources = itertools.count()


def make_study(slug: str = "study", *, protocol: str = "esconv-2021") -> Study:
    """Return a study under a protocol that comes with the platform."""
    version = protocol_load(protocol)
    return study_create(slug, title=slug, protocol_version=version, contact="team@example.org")


def make_conversations(
    *records: corpus_record.Conversation, study: Study | None = None, version: ProtocolVersion | None = None
) -> list[Conversation]:
    """Return stored, closed conversations that nobody has assessed."""
    study = study or make_study()
    source = ImportSource(name="rows.json", sha256=f"{next(_sources):064d}")
    ids = conversation_import(
        records or (make_record(),),
        study=study,
        protocol_version=version or study.protocol_version,
        source=source,
    )
    return list(Conversation.objects.filter(pk__in=ids).order_by("pk"))
