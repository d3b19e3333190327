"""Verify a study's crisis resources: somebody tried an entry, and says so with their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.protocol import text_digest
from study.domain.resources_content import Resource, is_verified
from study.models import ResourceCheck, Study


class ResourceUnknown(ApplicationError):
    """A check of an entry that the study's protocol does not have."""

    code = "resource_unknown"
    message = "This study has no such entry; it may have changed since the page was loaded."


class ResourcesUnverified(ApplicationError):
    """A real study opens with entries that nobody has tried, or whose check has expired."""

    code = "resources_unverified"


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    """One entry and how far it may be relied on."""

    resource: Resource
    sha256: str
    check: ResourceCheck | None
    """The latest check of the entry as it stands."""
    verified: bool
    expires_on: date | None
    """First day on which it has to be tried again."""


def is_real(study: Study) -> bool:
    """Return whether real participants come: demonstrations and rehearsals are marked as such, and exempt."""
    return not study.is_demo and not study.protocol_version.protocol.rehearsal


def resource_statuses(study: Study, *, today: date) -> list[ResourceStatus]:
    """Return every entry of the study's protocol with its latest check, by this study or in the protocol itself."""
    newest = {
        check.entry_sha256: check for check in study.resource_checks.select_related("by").order_by("pk")
    }
    return [
        _status(resource, newest.get(text_digest(resource)), today=today)
        for resource in study.protocol_version.protocol.resources
    ]


def _status(resource: Resource, check: ResourceCheck | None, *, today: date) -> ResourceStatus:
    by_team = check is not None and check.checked_on <= today < check.expires_on
    by_protocol = is_verified(resource, today=today)
    ends = [check.expires_on] if check is not None else []
    ends += [date.fromisoformat(resource.expires_on)] if resource.expires_on else []
    return ResourceStatus(
        resource=resource,
        sha256=text_digest(resource),
        check=check,
        verified=by_team or by_protocol,
        expires_on=max(ends) if ends else None,
    )


def resources_check(study: Study, *, today: date) -> None:
    """Raise unless a study may open as far as its resources go.

    Raises:
        ResourcesUnverified: naming the entries; never for a demonstration or a rehearsal.
    """
    if not is_real(study):
        return
    missing = [status.resource for status in resource_statuses(study, today=today) if not status.verified]
    if missing:
        names = ", ".join(f"{resource.name} ({resource.country})" for resource in missing)
        raise ResourcesUnverified(f"These places that help were never tried, or too long ago: {names}.")


@transaction.atomic
def resource_verify(study: Study, *, sha256: str, by: AbstractBaseUser) -> ResourceCheck:
    """Write down that somebody tried an entry today and that it was right; once a day and person.

    Raises:
        ResourceUnknown: the protocol has no entry with this digest.
    """
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    protocol = study.protocol_version.protocol
    resource = next((r for r in protocol.resources if text_digest(r) == sha256), None)
    if resource is None:
        raise ResourceUnknown
    now = database_now()
    today = now.date()
    found = ResourceCheck.objects.filter(
        study=study, entry_sha256=sha256, checked_on=today, by_id=by.pk
    ).first()
    return found or ResourceCheck.objects.create(
        study=study,
        entry_sha256=sha256,
        name=f"{resource.country} {resource.name}"[:200],
        checked_on=today,
        expires_on=today + timedelta(days=protocol.safety.resource_check_days),
        by_id=by.pk,
        at=now,
    )
