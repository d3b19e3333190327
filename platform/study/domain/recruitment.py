"""Recruiting sites: how a person arrives from each, and where they go back to.

One vocabulary for all of them: an arrival is (provider, person id, session id). The session id names the
submission, so that the same submission always comes back to the same place.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from study.domain.errors import EntryRefused, RecruitmentInvalid

_PLACEHOLDER = re.compile(r"[{}%$<>]|\bundefined\b|\bnull\b")
MAX_ID_LENGTH = 200
FINISH_PLACEHOLDERS = frozenset({"code", "person", "session"})


class Part(StrEnum):
    """Which part of the study a task at a recruiting site is."""

    WHOLE = "whole"
    """Everything in one submission; the participant chooses a role."""
    TRAINING = "training"
    """The supporter's training and exam, and nothing after them."""
    SUPPORTER = "supporter"
    """A conversation as a supporter, for those who have passed."""
    SEEKER = "seeker"
    """A conversation as a seeker."""

    @property
    def role(self) -> str:
        """The role that this part fixes; empty where the participant chooses."""
        return {Part.WHOLE: "", Part.SEEKER: "seeker"}.get(self, "supporter")


class Action(StrEnum):
    """What a site does with a submission that brings a code."""

    APPROVE = "approve"
    REVIEW = "review"
    SCREEN_OUT = "screen_out"
    """A fixed pay below the reward; sites allow one such code for each task."""
    RETURN = "return"
    """The place goes to somebody else; nothing is paid."""


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
    return_parameter: str = ""
    """The parameter that says where the end's form is posted to."""
    return_origins: frozenset[str] = frozenset()
    """The only origins that may stand in it: anything else would send people, with their code, to a stranger."""
    arrives_by_link: bool = True
    """Whether people come by `/go/<key>/…`; invitations and the anonymous link have doors of their own."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came by a recruiting link."""

    provider: str
    person_id: str
    session_id: str
    return_origin: str = ""
    """Where the site wants its form posted at the end; one of the provider's `return_origins`."""


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
            return_parameter="turkSubmitTo",
            return_origins=frozenset({"https://www.mturk.com", "https://workersandbox.mturk.com"}),
        ),
        Provider(key="panel", name="Any panel", person_parameter="id", session_parameter="id"),
        Provider("invitation", "Invitation", "", "", arrives_by_link=False),
        Provider("anonymous", "Anonymous link", "", "", arrives_by_link=False),
    )
}


def parse_entry(
    provider_key: str,
    parameters: Mapping[str, str],
    *,
    person_parameter: str = "",
    session_parameter: str = "",
) -> Arrival | Preview:
    """Return who arrives with these query parameters. A study may name the parameters anew.

    Raises:
        EntryRefused: the site is unknown, a parameter is missing, its placeholder was not replaced, or the
            address of return is not the site's.
    """
    provider = PROVIDERS.get(provider_key)
    if provider is None or not provider.arrives_by_link:
        raise EntryRefused("This recruiting site is not known here.")
    session_name = session_parameter or provider.session_parameter
    if provider.preview_value and parameters.get(session_name, "") == provider.preview_value:
        return Preview(provider=provider.key)
    return Arrival(
        provider=provider.key,
        person_id=_identifier(parameters, person_parameter or provider.person_parameter, provider),
        session_id=_identifier(parameters, session_name, provider),
        return_origin=_return_origin(parameters, provider),
    )


def _return_origin(parameters: Mapping[str, str], provider: Provider) -> str:
    if not provider.return_parameter:
        return ""
    value = parameters.get(provider.return_parameter, "").strip().rstrip("/")
    if value not in provider.return_origins:
        raise EntryRefused(
            f"The link does not lead back to {provider.name}. Please open the task from there again."
        )
    return value


def finish_url(
    provider: Provider, *, code: str, person: str = "", session: str = "", template: str = ""
) -> str:
    """Return the site's page of return, or "" when there is none. `template` overrides the provider's own."""
    return (template or provider.finish_url).format(
        code=quote(code, safe=""), person=quote(person, safe=""), session=quote(session, safe="")
    )


def form_action(provider: Provider, *, return_origin: str) -> str:
    """Return where the end's form is posted to, or "" when the site takes a redirect."""
    if return_origin not in provider.return_origins:
        return ""
    return f"{return_origin}/mturk/externalSubmit"


def check_finish_url(template: str) -> None:
    """Refuse a page of return that is no fixed https address with known placeholders.

    Raises:
        RecruitmentInvalid: see the message.
    """
    if not template:
        return
    parts = urlsplit(template)
    if parts.scheme != "https" or not parts.hostname:
        raise RecruitmentInvalid("The page of return must begin with https:// and a host name.")
    if "{" in parts.netloc:
        raise RecruitmentInvalid("The page of return must name its host itself, without a placeholder.")
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise RecruitmentInvalid(f"The page of return cannot be read: {error}.") from error
    for _text, name, specification, conversion in fields:
        if name is not None and (name not in FINISH_PLACEHOLDERS or specification or conversion):
            allowed = ", ".join(f"{{{known}}}" for known in sorted(FINISH_PLACEHOLDERS))
            raise RecruitmentInvalid(f"The page of return may hold {allowed}; it holds {{{name}}}.")


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
