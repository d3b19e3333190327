"""Enter by the anonymous link, and come back by the code that it gave."""

from __future__ import annotations

import secrets

from django.db import transaction

from study.domain.errors import EntryRefused
from study.domain.recruitment import Arrival
from study.domain.resume_code import resume_code, resume_code_clean
from study.identity import keyed_hash, new_visitor
from study.models import Participation, ResumeCode, Study
from study.services.participations import participation_enter


@transaction.atomic
def anonymous_enter(study: Study, *, device: str = "") -> tuple[Participation, str]:
    """Let somebody in who has no id; return the participation and the code that alone leads back to it.

    Raises:
        StudyClosed, BudgetReached: the study takes nobody in.
    """
    visitor = new_visitor()
    recruitment = study.recruitments.filter(provider="anonymous").first()
    participation = participation_enter(
        study, arrival=Arrival("anonymous", visitor, visitor), device=device, recruitment=recruitment
    )
    while ResumeCode.objects.filter(code_hash=_hash(code := resume_code(secrets.choice))).exists():
        pass
    ResumeCode.objects.create(participation=participation, code_hash=_hash(code))
    return participation, code


def resume(study: Study, code: str) -> Participation:
    """Return the participation of a resume code, however it was typed.

    Raises:
        EntryRefused: the study has no such code.
    """
    spelt = resume_code_clean(code)
    found = (
        ResumeCode.objects.select_related("participation")
        .filter(code_hash=_hash(spelt), participation__study=study)
        .first()
    )
    if not spelt or found is None:
        raise EntryRefused(
            "This code is not known here. It looks like calm-river-4821; please check each part."
        )
    return found.participation


def _hash(code: str) -> str:
    return keyed_hash("resume", code)
