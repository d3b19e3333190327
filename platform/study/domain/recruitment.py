"""Recruiting sites: how a person arrives from each, and where they go back to.

One vocabulary for all of them: an arrival is (provider, person id, session id). The session id names the
submission, so that the same submission always comes back to the same place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from study.domain.errors import EntryRefused

_PLACEHOLDER = re.compile(r"[{}%$<>]|\bundefined\b|\bnull\b")
MAX_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Provider:
    """A recruiting site's query parameters and its page of return."""

    key: str
    name: str
    person_parameter: str
    session_parameter: str
    preview_value: str = ""
    """The session id that means: somebody only looks. Nothing is created for it."""
    finish_url: str = ""
    """Where the person goes at the end; `{code}`, `{person}` and `{session}` are filled in, URL-quoted."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came by a recruiting link."""

    provider: str
    person_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Somebody at the site looks at the task without having accepted it."""

    provider: str


PROVIDERS: Mapping[str, Provider] = {
    provider.key: provider
    for provider in (
        Provider(
            key="prolific",
            name="Prolific",
            person_parameter="PROLIFIC_PID",
            session_parameter="SESSION_ID",
            finish_url="https://app.prolific.com/submissions/complete?cc={code}",
        ),
        Provider(
            key="connect",
            name="CloudResearch Connect",
            person_parameter="participantId",
            session_parameter="assignmentId",
        ),
        Provider(key="sona", name="SONA", person_parameter="sona_id", session_parameter="sona_id"),
        Provider(
            key="mturk",
            name="Mechanical Turk (legacy)",
            person_parameter="workerId",
            session_parameter="assignmentId",
            preview_value="ASSIGNMENT_ID_NOT_AVAILABLE",
        ),
        Provider(key="panel", name="Any panel", person_parameter="id", session_parameter="id"),
    )
}


def parse_entry(provider_key: str, parameters: Mapping[str, str]) -> Arrival | Preview:
    """Return who arrives with these query parameters.

    Raises:
        EntryRefused: the site is unknown, a parameter is missing, or its placeholder was not replaced.
    """
    provider = PROVIDERS.get(provider_key)
    if provider is None:
        raise EntryRefused("This recruiting site is not known here.")
    session = parameters.get(provider.session_parameter, "")
    if provider.preview_value and session == provider.preview_value:
        return Preview(provider=provider.key)
    return Arrival(
        provider=provider.key,
        person_id=_identifier(parameters, provider.person_parameter, provider),
        session_id=_identifier(parameters, provider.session_parameter, provider),
    )


def finish_url(provider: Provider, *, code: str, person: str = "", session: str = "") -> str:
    """Return the site's page of return, or "" when the site has none."""
    return provider.finish_url.format(
        code=quote(code, safe=""), person=quote(person, safe=""), session=quote(session, safe="")
    )


def _identifier(parameters: Mapping[str, str], name: str, provider: Provider) -> str:
    value = parameters.get(name, "").strip()
    if not value:
        raise EntryRefused(
            f"The link from {provider.name} came without {name}. Please open it from there again."
        )
    if _PLACEHOLDER.search(value) or len(value) > MAX_ID_LENGTH or not value.isprintable():
        raise EntryRefused(
            f"The link from {provider.name} was not filled in: {name} is still a placeholder. "
            "Please open the study from there again, or write to the study team."
        )
    return value
