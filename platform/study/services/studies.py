"""Set up studies and their invitations."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from study.checklist import checklist, in_the_way
from study.clock import database_now
from study.domain.errors import StudyStepRefused
from study.domain.study_lifecycle import StudyState, StudyStep, advance_study
from study.identity import keyed_hash
from study.models import InvitationLink, ProtocolVersion, Study, StudyEvent
from study.services.budget import budget_set

DETAILS = ("title", "contact", "institution", "review_board", "is_demo")


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


def study_note(study: Study, *, kind: StudyEvent.Kind, by: str, detail: str = "") -> StudyEvent:
    """Write down a change of a study."""
    return StudyEvent.objects.create(study=study, kind=kind, by=by, detail=detail[:300])


@transaction.atomic
def study_advance(study_id: int, step: StudyStep, *, by: str) -> Study:
    """Open, pause or close a study. Whoever is inside goes on.

    Raises:
        StudyStepRefused: the study cannot take this step, or something on its checklist is red.
    """
    study = _locked(study_id)
    before = StudyState(study.state)
    after = advance_study(before, step)
    if after is StudyState.OPEN and (red := in_the_way(checklist(study, today=database_now().date()))):
        raise StudyStepRefused(f"The study cannot open: {' '.join(item.why for item in red)}")
    study.state = after.value
    study.save(update_fields=["state"])
    study_note(study, kind=StudyEvent.Kind.STATE, by=by, detail=f"{before} → {after}")
    return study


@transaction.atomic
def study_edit(study_id: int, *, by: str, changes: Mapping[str, str | bool]) -> Study:
    """Change what a study is called and whom it belongs to; what stays the same is not written down.

    Raises:
        KeyError: something else is to be changed.
    """
    study = _locked(study_id)
    if unknown := set(changes) - set(DETAILS):
        raise KeyError(min(unknown))
    changed = [name for name, value in changes.items() if getattr(study, name) != value]
    for name in changed:
        study_note(
            study,
            kind=StudyEvent.Kind.DETAILS,
            by=by,
            detail=f"{name}: {getattr(study, name)} → {changes[name]}",
        )
        setattr(study, name, changes[name])
    if changed:
        study.save(update_fields=changed)
    return study


@transaction.atomic
def study_budget_set(study_id: int, *, by: str, soft: Decimal | None, hard: Decimal | None) -> Study:
    """Set both caps and write it down; None means no cap.

    Raises:
        ValueError: see `budget_set`.
    """
    study = _locked(study_id)
    before = (study.budget_soft, study.budget_hard)
    budget_set(study, soft=soft, hard=hard)
    if before != (soft, hard):
        words = [str(cap) if cap is not None else "none" for cap in (*before, soft, hard)]
        detail = f"soft {words[0]} → {words[2]}, hard {words[1]} → {words[3]}"
        study_note(study, kind=StudyEvent.Kind.BUDGET, by=by, detail=detail)
    return study


@transaction.atomic
def study_protocol_use(study_id: int, version: ProtocolVersion, *, by: str) -> Study:
    """Let everybody who comes from now on take part under `version`; who is inside keeps theirs.

    Raises:
        StudyStepRefused: the study is open, and under the new version something on its checklist would be red.
    """
    study = _locked(study_id)
    before = study.protocol_version
    if before == version:
        return study
    study.protocol_version = version
    red = in_the_way(checklist(study, today=database_now().date()))
    if study.state == Study.State.OPEN and red:
        raise StudyStepRefused(
            f"The study is open and cannot use this version: {' '.join(item.why for item in red)}"
        )
    study.save(update_fields=["protocol_version"])
    study_note(study, kind=StudyEvent.Kind.PROTOCOL, by=by, detail=f"{before} → {version}")
    return study


def _locked(study_id: int) -> Study:
    return (
        Study.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version")
        .get(pk=study_id)
    )


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
