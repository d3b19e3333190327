"""Find what would show who somebody is, or lead two people elsewhere: addresses, numbers, accounts, names.

Gentle by design: the browser warns while somebody types (`static/collection/contact-details.js`, the same patterns),
reviewers see it masked, nothing is blocked. It finds shapes and a few phrases, and misses whatever has neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The patterns are shared with the browser word by word, so they keep to what both languages' expressions can do.
PATTERNS: dict[str, str] = {
    "email": r"[\w.+-]{1,64}(?:@| ?\(at\) ?| at (?=[\w-]{1,63} dot ))[\w-]{1,63}(?:(?:\.| dot )[\w-]{1,63})+",
    "url": r"(?:https?:\/\/|www\.)[^\s]+"
    r"|\b[\w-]{1,63}\.(?:com|net|org|io|me|gg|co|de|uk|us|ca|info|app)(?:\/[^\s]*)?\b",
    "handle": r"(?:^|[\s(])@(?=[\w.]{6}|[\w.]*[\d_.])[\w.]{3,}"
    r"|\b(?:insta(?:gram)?|snap(?:chat)?|discord|telegram|whatsapp|tiktok|facebook|skype)\b"
    r"[^.!?\n]{0,20}?(?: is|:| @|=) ?@?[\w.#-]{3,}",
    "phone": r"(?:\+|\b)\d(?:[ ().-]{0,2}\d){8,14}\b",
    "address": r"\b\d{1,5}[a-z]? (?:[A-Z][\w'-]+ ){1,3}"
    r"(?:street|st|avenue|ave|road|rd|lane|drive|boulevard|blvd|way|court|square)\b",
    "name": r"\b(?:[Mm]y (?:full |real |first |last )?name(?: is|'s|’s)|[Cc]all me) [A-Z][\w'-]+",
}
"""Kind to expression; those of `CASELESS` are read without regard to case."""
CASELESS = frozenset({"email", "url", "address"})
_COMPILED = {
    kind: re.compile(pattern, re.IGNORECASE if kind in CASELESS else 0) for kind, pattern in PATTERNS.items()
}
_DATE = re.compile(r"\d{4}[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ]\d{4}")


@dataclass(frozen=True, slots=True)
class Detail:
    """One place in a text."""

    kind: str
    """A key of `PATTERNS`."""
    start: int
    end: int


def contact_details(text: str) -> list[Detail]:
    """Return the places of a text that look like contact details or a name, in order, without overlaps."""
    found = [
        Detail(kind, match.start(), match.end())
        for kind, pattern in _COMPILED.items()
        for match in pattern.finditer(text)
        if not (kind == "phone" and _DATE.fullmatch(match.group()))
    ]
    found.sort(key=lambda detail: (detail.start, -detail.end))
    kept: list[Detail] = []
    for detail in found:
        if not kept or detail.start >= kept[-1].end:
            kept.append(detail)
    return kept


def masked(text: str) -> str:
    """Return the text with every such place replaced by its kind in brackets."""
    parts, last = [], 0
    for detail in contact_details(text):
        parts += [text[last : detail.start], f"[{detail.kind}]"]
        last = detail.end
    return "".join([*parts, text[last:]])


def masked_id(public_id: str) -> str:
    """Return an identifier of which only the last four characters are shown."""
    return f"…{public_id[-4:]}"
