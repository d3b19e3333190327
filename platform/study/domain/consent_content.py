"""The consent text as typed content: what a participant reads, and the separate ticks under it.

Source: Liu et al. 2021, Ethical Considerations (transparent communication on the use of data, fair pay, review).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from study.domain.content import Entry, Language, Text, refuse_repeats
from study.domain.errors import ProtocolInvalid

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

FROM_STUDY = frozenset({"contact", "institution", "review_board", "monitoring"})
"""Placeholders whose values differ from study to study."""

FROM_CONSENT = frozenset({"release_licence", "retention_months"})
"""Placeholders whose values stand once, beside the text."""


class TickKey(StrEnum):
    """What is agreed to, each on its own."""

    TAKE_PART = "take_part"
    """Without it there is no way into the study."""
    PUBLIC_RELEASE = "public_release"
    """Without it the conversation never enters a release."""
    CONTACT_AGAIN = "contact_again"
    """Without it nobody is invited to a later study."""


class Section(Entry):
    """A heading and its paragraphs, which may hold placeholders such as `{contact}`."""

    heading: Text
    paragraphs: Annotated[tuple[Text, ...], Meta(min_length=1)]


class Tick(Entry):
    """One box to tick."""

    key: TickKey
    label: Text
    required: bool

    def __post_init__(self) -> None:
        if self.required is not (self.key is TickKey.TAKE_PART):
            raise ValueError(f"tick {self.key.value!r}: only taking part is required, and it always is")


class MonitoringTexts(Entry):
    """What `{monitoring}` says, by the study's mode; `{office_hours}` stands for its hours."""

    none: str = ""
    office_hours: str = ""
    live: str = ""


class Consent(Entry):
    """One version of the text."""

    version: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Text
    language: Language
    summary: Text
    release_licence: Text
    """The licence of the released corpus, as the text names it."""
    retention_months: Annotated[int, Meta(ge=1)]
    """Months after the last release at which account data and payment records are deleted at the latest."""
    sections: Annotated[tuple[Section, ...], Meta(min_length=1)]
    ticks: tuple[Tick, ...]
    source: Text
    monitoring: MonitoringTexts = MonitoringTexts()
    """Whether somebody reads along; a text without `{monitoring}` says it in its own words."""

    def __post_init__(self) -> None:
        refuse_repeats("heading", (section.heading for section in self.sections))
        if (keys := [tick.key for tick in self.ticks]) != list(TickKey):
            raise ValueError(f"the ticks are {', '.join(TickKey)}, in this order; got {', '.join(keys)}")
        paragraphs = [paragraph for section in self.sections for paragraph in section.paragraphs]
        used = {name for paragraph in paragraphs for name in PLACEHOLDER.findall(paragraph)}
        if unknown := used - FROM_STUDY - FROM_CONSENT:
            raise ValueError(f"{{{min(unknown)}}} is not a placeholder")
        if "contact" not in used:
            raise ValueError("the text never names the {contact}")


def parse_consent(document: Mapping[str, Any]) -> Consent:
    """Return the consent text of a protocol's document; its other keys are left alone.

    Raises:
        ProtocolInvalid: a key is missing or unknown, or a rule of this module is broken.
    """
    try:
        return msgspec.convert(document.get("consent"), Consent)
    except msgspec.ValidationError as error:
        raise ProtocolInvalid(f"consent: {error}") from error


def fill(
    consent: Consent,
    *,
    contact: str,
    institution: str = "",
    review_board: str = "",
    monitoring: str = "none",
    office_hours: str = "",
) -> tuple[Section, ...]:
    """Return the sections as one study shows them.

    A paragraph that needs a value which the study lacks is left out, and so is a section that this empties:
    a rehearsal without an ethics board must not claim one. `monitoring` is the study's mode, `office_hours` its hours
    in words.

    Raises:
        ValueError: `contact` is empty; a participant always has somebody to write to.
    """
    if not contact.strip():
        raise ValueError("a consent text needs a contact")
    values = {
        "contact": contact,
        "institution": institution,
        "review_board": review_board,
        "monitoring": getattr(consent.monitoring, monitoring).replace("{office_hours}", office_hours),
        "release_licence": consent.release_licence,
        "retention_months": str(consent.retention_months),
    }
    filled = []
    for section in consent.sections:
        paragraphs = tuple(_fill(text, values) for text in section.paragraphs if _can_fill(text, values))
        if paragraphs:
            filled.append(Section(heading=section.heading, paragraphs=paragraphs))
    return tuple(filled)


def _can_fill(text: str, values: Mapping[str, str]) -> bool:
    return all(values[name].strip() for name in PLACEHOLDER.findall(text))


def _fill(text: str, values: Mapping[str, str]) -> str:
    # One pass, so that braces inside a value are text and never a placeholder.
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)
