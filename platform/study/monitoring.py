"""A study's monitoring mode, read from its row, and what participants are told of it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from study.domain.consent_content import Section, fill
from study.domain.monitoring import Watch
from study.domain.protocol import Protocol
from study.models import Study


def watch_of(study: Study) -> Watch:
    """Return when somebody of the study team reads along."""
    return Watch(
        mode=study.monitoring,
        zone=study.office_zone,
        days=study.office_days,
        begins=study.office_from,
        ends=study.office_until,
    )


def office_hours(study: Study) -> str:
    """Return the office hours in words."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    days = ", ".join(names[int(day) - 1] for day in study.office_days)
    return f"{days} {study.office_from:%H:%M}–{study.office_until:%H:%M} {study.office_zone}"


def watch_note(study: Study, *, now: datetime) -> str:
    """Return the line in the chat that says whether somebody reads along at `now`."""
    watch = watch_of(study)
    if watch.mode == "none":
        return _("Nobody of the study team reads along.")
    if watch.watching(now):
        return _("Somebody of the study team may read along.")
    return _("Nobody of the study team reads along now. Office hours: %(hours)s.") % {
        "hours": office_hours(study)
    }


def consent_sections(study: Study, protocol: Protocol) -> tuple[Section, ...]:
    """Return the sections of the consent text as a study shows them."""
    return fill(
        protocol.consent,
        contact=study.contact,
        institution=study.institution,
        review_board=study.review_board,
        monitoring=study.monitoring,
        office_hours=office_hours(study),
    )
