"""Import a published file and assess it, all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction

from collection.api import ImportSource, conversation_import
from corpus.record import Conversation
from qualitycontrol.services.assessments import assessment_make
from study.models import ProtocolVersion, Study
from study.services.studies import study_create

STUDY_SLUG = "imported"


@transaction.atomic
def corpus_import(
    records: Sequence[Conversation], *, source: ImportSource, protocol_version: ProtocolVersion
) -> Counter[str]:
    """Store and assess `records` in the study of imports; return how many came to each state.

    Raises:
        AlreadyImported: the same file was imported before.
        StrategyUnknown: the protocol lacks a strategy that a record uses.
    """
    study = study_create(
        STUDY_SLUG,
        title="Imported conversations",
        protocol_version=protocol_version,
        contact="",
        state=Study.State.CLOSED,
    )
    ids = conversation_import(records, study=study, protocol_version=protocol_version, source=source)
    return Counter(assessment_make(conversation_id).state for conversation_id in ids)
