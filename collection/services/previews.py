"""Let the study team walk through a study as its participants do, without leaving a trace in it.

What is tried out happens in a twin of the study: the same protocol and the same words, a demonstration, and every
conversation in it is practice.
"""

from __future__ import annotations

import secrets
from enum import StrEnum

from django.db import transaction

from collection.services.programs import practice_start
from study.domain.recruitment import Arrival
from study.models import Participation, Study, StudyEvent
from study.models.participant import Role
from study.services.participations import consent_give, participation_enter, role_choose
from study.services.studies import study_note
from tutorial import api as tutorial


class AsWhom(StrEnum):
    """Through whose eyes a study is tried out."""

    SEEKER = "seeker"
    """From the information sheet on."""
    SUPPORTER = "supporter"
    """From the information sheet on, with training and exam."""
    BOT = "bot"
    """A trained supporter, at once in a conversation with a program."""


@transaction.atomic
def preview_enter(study: Study, as_whom: AsWhom, *, by: str, device: str) -> Participation:
    """Enter the twin of a study anew and return the participation; that it was tried out is written down."""
    twin = _twin(study)
    visitor = secrets.token_urlsafe(16)
    participation = participation_enter(twin, arrival=Arrival("anonymous", visitor, visitor), device=device)
    if as_whom is AsWhom.BOT:
        consent_give(participation.pk, public_release=False, contact_again=False)
        participation = role_choose(participation.pk, role=Role.SUPPORTER)
        tutorial.qualification_grant(
            participation.participant, protocol_version=participation.protocol_version
        )
        practice_start(participation)
    study_note(
        study,
        kind=StudyEvent.Kind.PREVIEW,
        by=by,
        detail=f"{as_whom} under {study.protocol_version}",
    )
    return participation


def _twin(study: Study) -> Study:
    """Return the study's twin, with the study's words and protocol as they stand now."""
    shared = {
        "title": study.title,
        "protocol_version": study.protocol_version,
        "contact": study.contact,
        "institution": study.institution,
        "review_board": study.review_board,
    }
    twin, _created = Study.objects.update_or_create(
        preview_of=study,
        defaults=shared,
        create_defaults=shared
        | {"slug": f"p-{secrets.token_hex(8)}", "is_demo": True, "state": Study.State.OPEN},
    )
    return twin
