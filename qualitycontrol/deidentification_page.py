"""What the page of the human pass shows: every text in stretches, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from collection.api import conversation_record
from corpus.labels import Speaker
from corpus.record import Conversation as Record
from qualitycontrol.deidentification import marks_of
from qualitycontrol.domain.deidentify import ANSWERS, KEEP, Mark, Texts, places, plan, texts_digest, texts_of
from qualitycontrol.domain.spans import Kind, Span
from qualitycontrol.models import DeidentificationPass

KIND_WORDS = {
    Kind.NAME: _("Name"),
    Kind.PLACE: _("Place"),
    Kind.ORGANISATION: _("Organisation"),
    Kind.ID: _("Id"),
    Kind.EMAIL: _("E-mail"),
    Kind.PHONE: _("Phone"),
    Kind.URL: _("Web address"),
    Kind.HANDLE: _("Account"),
    Kind.OTHER: _("Other"),
}
"""In the order of the keys 1 to 9."""
TITLES = {
    "situation": _("Situation"),
    "seeker_liked": _("The seeker liked"),
    "seeker_improve": _("The seeker would improve"),
    "supporter_liked": _("The supporter liked"),
    "supporter_improve": _("The supporter would improve"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text: as it stays, or as it is replaced."""

    text: str
    kind: str = ""
    """Empty for what stays."""


@dataclass(frozen=True, slots=True)
class Chip:
    """Something found or kept in a text, and how to change that."""

    text: str
    kind: str
    """A `Kind`, or `KEEP`."""
    placeholder: str
    start: int
    end: int
    mark_id: int | None
    """The mark that says so here; None where a rule does, or a mark elsewhere."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text."""

    place: str
    title: str
    """Empty for messages."""
    number: int
    """Of a message, from 1; 0 for other texts."""
    role: str
    stretches: list[Stretch]
    chips: list[Chip]


def page(reading: DeidentificationPass) -> dict[str, Any]:
    """Return the texts with what the reader may see: in a reading from nothing, the reader's own marks alone."""
    record = conversation_record(reading.conversation)
    texts = texts_of(record)
    rules = reading.purpose == DeidentificationPass.Purpose.REVIEW
    marks = marks_of(reading)
    found = plan(texts, marks, rules=rules)
    ids = {(m.place, m.start, m.end): m.pk for m in reading.marks.all()}
    return {
        "rows": [_row(place, record, texts, found[place], marks, ids) for place in places(texts)],
        "kinds": [
            (number, kind.value, words) for number, (kind, words) in enumerate(KIND_WORDS.items(), start=1)
        ],
        "seen_sha256": texts_digest(texts),
        "replaced": sum(map(len, found.values())),
        "rules": rules,
    }


def _row(
    place: str,
    record: Record,
    texts: Texts,
    spans: list[Span],
    marks: list[Mark],
    ids: dict[tuple[str, int, int], int],
) -> Row:
    text = texts[place]
    number = int(place[1:]) if place not in TITLES else 0
    kept = [mark for mark in marks if mark.place == place and mark.kind == KEEP and mark.end <= len(text)]
    chips = [
        Chip(
            text[s.start : s.end],
            s.kind.value,
            s.kind.placeholder,
            s.start,
            s.end,
            ids.get((place, s.start, s.end)),
        )
        for s in spans
    ]
    chips += [
        Chip(text[m.start : m.end], KEEP, "", m.start, m.end, ids.get((place, m.start, m.end))) for m in kept
    ]
    return Row(
        place=place,
        title=str(TITLES.get(place, "")),
        number=number,
        role=_role(place, number, record),
        stretches=_stretches(text, spans),
        chips=sorted(chips, key=lambda chip: chip.start),
    )


def _role(place: str, number: int, record: Record) -> str:
    if number:
        return "seeker" if record.utterances[number - 1].speaker is Speaker.SEEKER else "supporter"
    return "supporter" if place in ANSWERS[2:] else "seeker"


def _stretches(text: str, spans: list[Span]) -> list[Stretch]:
    found: list[Stretch] = []
    at = 0
    for span in spans:
        found += [Stretch(text[at : span.start]), Stretch(text[span.start : span.end], span.kind.value)]
        at = span.end
    return [stretch for stretch in [*found, Stretch(text[at:])] if stretch.text]
