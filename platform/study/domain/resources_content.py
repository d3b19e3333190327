"""Crisis resources as typed content: whom a participant can turn to at once, by country.

A number that has changed is worse than none, so each entry says when it was checked and until when that holds.
Source: Liu et al. 2021, Ethical Considerations; the entries are examples and name their own source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from study.domain.content import Entry, Text, refuse_repeats
from study.domain.errors import ProtocolInvalid

EVERYWHERE = "*"
"""The country of an entry that everybody is shown."""

OptionalDay = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""An ISO date, or "" for none."""


class Resource(Entry):
    """One place that helps."""

    country: Annotated[str, Meta(pattern=r"^([A-Z]{2}|\*)$")]
    """ISO 3166-1 alpha-2, or `*`."""
    name: Text
    contact: str
    """What to do, in words: "Call 116 123". May be empty where the address suffices."""
    note: str
    url: Annotated[str, Meta(pattern=r"^(https://\S+)?$")]
    checked_on: OptionalDay
    """When somebody of the study tried it; "" means never."""
    expires_on: OptionalDay
    """First day on which it has to be checked again; "" while it was never checked."""
    source: Text

    def __post_init__(self) -> None:
        if not self.contact and not self.url:
            raise ValueError(f"{self.name!r} needs a contact or an address")
        if bool(self.checked_on) != bool(self.expires_on):
            raise ValueError(f"{self.name!r}: checked_on and expires_on are given together or not at all")
        if self.checked_on and date.fromisoformat(self.checked_on) >= date.fromisoformat(self.expires_on):
            raise ValueError(f"{self.name!r} expires before it was checked")


def parse_resources(document: Mapping[str, Any]) -> tuple[Resource, ...]:
    """Return the resources of a protocol's document; its other keys are left alone.

    Raises:
        ProtocolInvalid: a key is missing or unknown, a rule of this module is broken, or a country could be left
            without any entry.
    """
    try:
        resources = msgspec.convert(document.get("resources"), tuple[Resource, ...])
    except msgspec.ValidationError as error:
        raise ProtocolInvalid(f"resources: {error}") from error
    check_resources(resources)
    return resources


def check_resources(resources: Sequence[Resource]) -> None:
    """Refuse a list that repeats an entry or leaves a country without any.

    Raises:
        ProtocolInvalid: an entry stands twice, or none is for everybody.
    """
    try:
        refuse_repeats("resource", (f"{resource.country} {resource.name}" for resource in resources))
    except ValueError as error:
        raise ProtocolInvalid(f"{error} - at `$.resources`") from error
    if not any(resource.country == EVERYWHERE for resource in resources):
        raise ProtocolInvalid('No resource is for everybody (country "*") - at `$.resources`')


def resources_for(resources: Sequence[Resource], country: str) -> tuple[Resource, ...]:
    """Return the entries for a stated country, then those for everybody. An unknown country gets the latter."""
    everywhere = tuple(resource for resource in resources if resource.country == EVERYWHERE)
    own = tuple(resource for resource in resources if resource.country == country.upper())
    return own + everywhere if country != EVERYWHERE else everywhere


def is_verified(resource: Resource, *, today: date) -> bool:
    """Return whether somebody has checked the entry and the check still holds."""
    if not resource.checked_on:
        return False
    return date.fromisoformat(resource.checked_on) <= today < date.fromisoformat(resource.expires_on)


def unverified(resources: Sequence[Resource], *, today: date) -> tuple[Resource, ...]:
    """Return what has to be checked before the study may open."""
    return tuple(resource for resource in resources if not is_verified(resource, today=today))
