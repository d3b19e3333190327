"""What a release's documents say that no file of conversations can know: who, under which terms, how.

A group writes these once, as TOML; whatever it leaves out stays visible in the documents as not stated.
Source: Gebru et al. 2021, "Datasheets for Datasets"; the Hugging Face dataset card template.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec

from corpus.errors import CorpusError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDetails:
    """The terms and circumstances of a release; an empty one was not stated."""

    name: str = "Emotional support conversations"
    """The title of the documents."""
    language: str = "en"
    """BCP 47 code of the conversations' language."""
    licence: str = ""
    """The Hub's name of the licence, such as `cc-by-nc-4.0`."""
    version: str = ""
    creators: str = ""
    """Who made the corpus, and on behalf of whom."""
    funding: str = ""
    purpose: str = ""
    """Which question or gap it was collected for."""
    recruitment: str = ""
    """Where participants came from, and who could not take part."""
    payment: str = ""
    """What participants were paid per hour of work."""
    consent: str = ""
    """What participants were told and agreed to, and how consent can be withdrawn."""
    ethics_review: str = ""
    """The board that reviewed the study, and its reference."""
    collected: str = ""
    """From when to when."""
    deidentification: str = ""
    """What was removed or replaced before release, and how it was checked."""
    agreement: str = ""
    """Who annotated what, and how far annotators agreed."""
    contact: str = ""
    """Whom to write to, also for having one's conversation removed."""
    homepage: str = ""
    citation: str = ""
    """How to cite it, as BibTeX or plain text."""


NOT_STATED = "**Not stated by the releasing group.**"


def read_details(path: Path | str) -> ReleaseDetails:
    """Return the details in a TOML file.

    Raises:
        CorpusError: the file is not TOML, or has a key that is none of the details.
        OSError: the file cannot be read.
    """
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        unknown = sorted(set(values) - {field.name for field in fields(ReleaseDetails)})
        if unknown:
            raise CorpusError(f"{path}: {unknown[0]!r} is none of the details of a release")
        return msgspec.convert(values, ReleaseDetails)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CorpusError(f"{path}: {error}") from None


def unstated(details: ReleaseDetails) -> list[str]:
    """Return the names of the details that were left out."""
    return [field.name for field in fields(details) if not getattr(details, field.name)]


def stated(details: ReleaseDetails) -> dict[str, str]:
    """Return every detail as text for a document, with the sentence that says so where it was left out."""
    return {field.name: getattr(details, field.name) or NOT_STATED for field in fields(details)}
