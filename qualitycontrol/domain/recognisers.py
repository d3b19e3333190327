"""Find what identifies a person by its form: addresses, numbers, accounts.

Patterns cannot find names, places or a story that gives a person away: those need a person's eye. Each kind is
recognised by one rule or more, tried in the order of `RECOGNISERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qualitycontrol.domain.spans import Kind, Span

VERSION = 2
"""Changes whenever the rules find more or less."""
_FOUND = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for what an earlier rule found: no later rule begins in it, but an address may go around it."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One rule: every match is of its kind."""

    kind: Kind
    pattern: re.Pattern[str]
    accept: Callable[[str], bool] = lambda _match: True
    """A second look at the match."""
    group: int = 0
    """Which group of the pattern it is."""


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _is_phone(text: str) -> bool:
    # E.164 has at most fifteen digits; a date and a span of years have eight and no plus sign.
    looks_like_date = re.fullmatch(
        r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d", text
    )
    looks_like_years = re.fullmatch(r"(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d", text)
    return 7 <= _digits(text) <= 15 and not looks_like_date and not looks_like_years


# Endings that are no English word: "call.me" or "do.it" are slips of the keyboard, not addresses.
_ENDINGS = "com|org|net|edu|gov|info|biz|io|app|dev|blog|shop|online|site|co\\.uk|org\\.uk|ac\\.uk|ca|de|fr|nl|eu|au|nz"
_SITES = (
    "instagram|insta|snapchat|snap|twitter|tiktok|telegram|discord|whatsapp|facebook|skype|kik|reddit|tumblr"
)

RECOGNISERS = (
    Recogniser(
        Kind.EMAIL,
        re.compile(
            r"[\w.+%-]+ ?(?:@|\(at\)|\[at\]) ?[\w-]+(?: ?(?:\.|\(dot\)|\[dot\]) ?[\w-]+)*(?:\.|\(dot\)|\[dot\]) ?[a-z]{2,}",
            re.IGNORECASE,
        ),
    ),
    Recogniser(Kind.URL, re.compile(r"\b(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]'}]", re.IGNORECASE)),
    Recogniser(
        Kind.URL,
        re.compile(
            rf"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]'}}])?",
            re.IGNORECASE,
        ),
    ),
    # Recruiting sites' ids of a person, and national ones that are written the same way everywhere.
    Recogniser(Kind.ID, re.compile(r"\bA(?=[A-Z]*\d)[A-Z0-9]{11,13}\b")),
    Recogniser(Kind.ID, re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{24}\b")),
    Recogniser(Kind.ID, re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    Recogniser(Kind.ID, re.compile(r"(?<![\d-])(?:\d{4}[ -]){3}\d{4}(?![\d-])")),
    Recogniser(Kind.PHONE, re.compile(r"\+\d[\d ()./-]{5,18}\d"), accept=_is_phone),
    Recogniser(
        Kind.PHONE,
        re.compile(r"(?<![\w.+-])\(?\d{3}\)?[ ./-]{0,2}\d{3}[ ./-]?\d{4}(?![\w-])"),
        accept=_is_phone,
    ),
    Recogniser(
        Kind.PHONE,
        re.compile(r"(?<![\w.,$€£+-])0\d{2,4}[ ./-]?\d{3,4}[ ./-]?\d{2,5}(?![\w-])"),
        accept=_is_phone,
    ),
    Recogniser(Kind.PHONE, re.compile(r"(?<![\w.,$€£+-])\d{3}[-.]\d{4}(?![\w-])"), accept=_is_phone),
    Recogniser(Kind.HANDLE, re.compile(r"(?<![\w@./])@\w[\w.]*\w")),
    Recogniser(Kind.HANDLE, re.compile(r"(?<![\w/])/?u/[\w-]{3,20}\b")),
    Recogniser(Kind.HANDLE, re.compile(r"(?<![\w#])\w{2,32}#\d{4}\b")),
    Recogniser(
        Kind.HANDLE,
        re.compile(
            rf"\b(?:{_SITES})(?: (?:name|handle|account|id|user ?name))?(?: is|:) ?(?!not\b|the\b|a\b|my\b)(\w*[\d_.]\w+)",
            re.IGNORECASE,
        ),
        group=1,
    ),
)


def recognise(text: str) -> list[Span]:
    """Return what the rules find, in order; no two of them overlap."""
    spans: list[Span] = []
    for rule in RECOGNISERS:
        matches = [match for match in rule.pattern.finditer(text) if rule.accept(match[rule.group])]
        for match in matches:
            span = Span(*match.span(rule.group), rule.kind)
            spans = [*(earlier for earlier in spans if not span.covers(earlier)), span]
            text = text[: span.start] + _FOUND * (span.end - span.start) + text[span.end :]
    return sorted(spans)
