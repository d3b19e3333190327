"""Where help is shown for."""

from __future__ import annotations

from study.domain.resources_content import EVERYWHERE
from study.models import Participation


def country_set(participation: Participation, country: str) -> None:
    """Show this country's entries first; an unknown country shows all of them again."""
    known = {resource.country for resource in participation.protocol_version.protocol.resources}
    participation.country = country if country in known - {EVERYWHERE} else ""
    participation.save(update_fields=["country"])
