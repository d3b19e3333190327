"""Stretches of a text that give somebody away, and the text without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a stretch of text is; its placeholder is the name in capitals and brackets."""

    NAME = "name"
    """Of a person, by whatever name."""
    PLACE = "place"
    """A town, street, school, venue."""
    ORGANISATION = "organisation"
    """An employer, club, practice."""
    ID = "id"
    """A number or code that stands for one person."""
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    HANDLE = "handle"
    """An account on some site."""
    OTHER = "other"
    """Whatever else gives somebody away: a rare event, a date, a title."""

    @property
    def placeholder(self) -> str:
        """What stands in the released text instead."""
        return f"[{self.value.upper()}]"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to before `end` of one text. Unit: code points."""

    start: int
    end: int
    kind: Kind

    def covers(self, other: Span) -> bool:
        """Return whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap as one; it takes the kind of its longest part."""
    found: list[Span] = []
    longest: list[int] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not found or span.start >= found[-1].end:
            found.append(span)
            longest.append(span.end - span.start)
            continue
        last = found[-1]
        kind = last.kind
        if span.end - span.start > longest[-1]:
            kind, longest[-1] = span.kind, span.end - span.start
        found[-1] = replace(last, end=max(last.end, span.end), kind=kind)
    return found


def replaced(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with the placeholder of each span in its stead; the spans must not overlap."""
    parts: list[str] = []
    at = 0
    for span in sorted(spans):
        parts += [text[at : span.start], span.kind.placeholder]
        at = span.end
    return "".join([*parts, text[at:]])
