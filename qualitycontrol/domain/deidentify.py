"""Replace what identifies a person by typed placeholders.

Patterns find addresses, numbers and accounts; they cannot find names, places or a story that gives a person away:
those need a person's eye. Each kind is recognised by one rule, tried in the order of `RECOGNISERS`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.record import Conversation, Survey, Utterance

VERSION = 1
"""Changes whenever the rules find more or less."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One rule: every match becomes the placeholder of its kind."""

    kind: str
    pattern: re.Pattern[str]
    accept: Callable[[str], bool] = lambda _match: True
    """A second look at the match."""
    group: int = 0
    """Which group of the pattern is replaced."""

    @property
    def placeholder(self) -> str:
        """What stands in the released text instead."""
        return f"[{self.kind.upper()}]"


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
        "email",
        re.compile(
            r"[\w.+%-]+ ?(?:@|\(at\)|\[at\]) ?[\w-]+(?: ?(?:\.|\(dot\)|\[dot\]) ?[\w-]+)*(?:\.|\(dot\)|\[dot\]) ?[a-z]{2,}",
            re.IGNORECASE,
        ),
    ),
    Recogniser("url", re.compile(r"\b(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]'}]", re.IGNORECASE)),
    Recogniser(
        "url",
        re.compile(
            rf"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]'}}])?",
            re.IGNORECASE,
        ),
    ),
    # Recruiting sites' ids of a person, and national ones that are written the same way everywhere.
    Recogniser("id", re.compile(r"\bA(?=[A-Z]*\d)[A-Z0-9]{11,13}\b")),
    Recogniser("id", re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{24}\b")),
    Recogniser("id", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    Recogniser("id", re.compile(r"(?<![\d-])(?:\d{4}[ -]){3}\d{4}(?![\d-])")),
    Recogniser("phone", re.compile(r"\+\d[\d ()./-]{5,18}\d"), accept=_is_phone),
    Recogniser(
        "phone", re.compile(r"(?<![\w.+-])\(?\d{3}\)?[ ./-]{0,2}\d{3}[ ./-]?\d{4}(?![\w-])"), accept=_is_phone
    ),
    Recogniser(
        "phone",
        re.compile(r"(?<![\w.,$€£+-])0\d{2,4}[ ./-]?\d{3,4}[ ./-]?\d{2,5}(?![\w-])"),
        accept=_is_phone,
    ),
    Recogniser("phone", re.compile(r"(?<![\w.,$€£+-])\d{3}[-.]\d{4}(?![\w-])"), accept=_is_phone),
    Recogniser("handle", re.compile(r"(?<![\w@./])@\w[\w.]*\w")),
    Recogniser("handle", re.compile(r"(?<![\w/])/?u/[\w-]{3,20}\b")),
    Recogniser("handle", re.compile(r"(?<![\w#])\w{2,32}#\d{4}\b")),
    Recogniser(
        "handle",
        re.compile(
            rf"\b(?:{_SITES})(?: (?:name|handle|account|id|user ?name))?(?: is|:) ?(?!not\b|the\b|a\b|my\b)(\w*[\d_.]\w+)",
            re.IGNORECASE,
        ),
        group=1,
    ),
)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without what was found, and how often each kind was."""

    text: str
    found: Counter[str]


def redact(text: str) -> Redaction:
    """Return `text` with everything recognised replaced. Doing it twice changes nothing more."""
    found: Counter[str] = Counter()
    for rule in RECOGNISERS:

        def put(match: re.Match[str], rule: Recogniser = rule) -> str:
            if not rule.accept(match[rule.group]):
                return match[0]
            found[rule.kind] += 1
            start, end = (place - match.start() for place in match.span(rule.group))
            return match[0][:start] + rule.placeholder + match[0][end:]

        text = rule.pattern.sub(put, text)
    return Redaction(text, found)


def deidentify(record: Conversation) -> tuple[Conversation, Counter[str]]:
    """Return the record with every free text redacted, and how often each kind was found."""
    found: Counter[str] = Counter()

    def clean(text: str) -> str:
        redaction = redact(text)
        found.update(redaction.found)
        return redaction.text

    cleaned = replace(
        record,
        situation=clean(record.situation),
        survey=_clean_survey(record.survey, clean),
        utterances=tuple(_clean_utterance(utterance, clean) for utterance in record.utterances),
    )
    return cleaned, found


def _clean_survey(survey: Survey, clean: Callable[[str], str]) -> Survey:
    return replace(
        survey,
        seeker_liked=clean(survey.seeker_liked),
        seeker_improve=clean(survey.seeker_improve),
        supporter_liked=clean(survey.supporter_liked),
        supporter_improve=clean(survey.supporter_improve),
    )


def _clean_utterance(utterance: Utterance, clean: Callable[[str], str]) -> Utterance:
    text = clean(utterance.text)
    return utterance if text == utterance.text else replace(utterance, text=text)
