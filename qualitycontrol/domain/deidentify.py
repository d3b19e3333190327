"""Replace what identifies a person by typed placeholders: what the rules find, and what people marked.

A person marks a stretch of one text; the same words are then replaced in all texts of that conversation. Whatever
need not be replaced in one place is marked there as to be kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from corpus.record import Conversation
from qualitycontrol.domain.recognisers import recognise
from qualitycontrol.domain.spans import Kind, Span, merged, replaced

KEEP: Final = "keep"
"""Instead of a kind: this stretch identifies nobody and stays, here."""
SITUATION: Final = "situation"
ANSWERS: Final = ("seeker_liked", "seeker_improve", "supporter_liked", "supporter_improve")
"""The open answers of the survey that a release holds."""

Texts = Mapping[str, str]
"""Every free text of a conversation by its place: `situation`, `u1` and on for the messages, and `ANSWERS`."""
Plan = dict[str, list[Span]]
"""What is replaced, by place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of one stretch of one text."""

    place: str
    start: int
    end: int
    """Before this character. Unit: code points, as `start`."""
    kind: str
    """A `Kind`, or `KEEP`."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without what was found, and how often each kind was."""

    text: str
    found: Counter[str]


def redact(text: str) -> Redaction:
    """Return `text` with everything that the rules find replaced. Doing it twice changes nothing more."""
    spans = recognise(text)
    return Redaction(replaced(text, spans), Counter(span.kind.value for span in spans))


def texts_of(record: Conversation) -> dict[str, str]:
    """Return every free text of the record by its place; empty ones are left out."""
    texts = {SITUATION: record.situation}
    texts |= {f"u{number}": utterance.text for number, utterance in enumerate(record.utterances, start=1)}
    texts |= {name: getattr(record.survey, name) for name in ANSWERS}
    return {place: text for place, text in texts.items() if text}


def texts_digest(texts: Texts) -> str:
    """Return the sha256 of all texts: whoever read these has read exactly these."""
    content = json.dumps(dict(sorted(texts.items())), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def plan(texts: Texts, marks: Sequence[Mark] = (), *, rules: bool = True) -> Plan:
    """Return what is replaced in each text: what the rules find, and the marked words wherever they stand.

    `rules` set to False leaves the marks alone to say it.
    """
    words = [(_pattern(texts[mark.place], mark), Kind(mark.kind)) for mark in marks if _replaces(mark, texts)]
    kept = {(mark.place, mark.start, mark.end) for mark in marks if mark.kind == KEEP}
    found: Plan = {}
    for place, text in texts.items():
        spans = recognise(text) if rules else []
        spans += [Span(*match.span(), kind) for pattern, kind in words for match in pattern.finditer(text)]
        found[place] = [span for span in merged(spans) if (place, span.start, span.end) not in kept]
    return found


def _replaces(mark: Mark, texts: Texts) -> bool:
    # A text may have gone since, or become shorter: a mark that points nowhere says nothing.
    return mark.kind != KEEP and 0 <= mark.start < mark.end <= len(texts.get(mark.place, ""))


def _pattern(text: str, mark: Mark) -> re.Pattern[str]:
    """Return what finds the marked words again: in whatever case and spacing, and as whole words if they are some."""
    words = text[mark.start : mark.end]
    found = r"\s+".join(map(re.escape, words.split())) or re.escape(words)
    before, after = text[mark.start - 1 : mark.start] if mark.start else "", text[mark.end : mark.end + 1]
    if _is_word(words[0]) and not _is_word(before):
        found = rf"(?<!\w){found}"
    if _is_word(words[-1]) and not _is_word(after):
        found = rf"{found}(?!\w)"
    return re.compile(found, re.IGNORECASE)


# Thai to Burmese, kana, Chinese characters: written without blanks, so a word's end cannot be seen.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def _is_word(character: str) -> bool:
    return bool(re.match(r"\w", character)) and not _UNSPACED.match(character)


def deidentify(record: Conversation, marks: Sequence[Mark] = ()) -> tuple[Conversation, Counter[str]]:
    """Return the record with all that identifies replaced in its free texts, and how often each kind was."""
    texts = texts_of(record)
    found = plan(texts, marks)
    clean = {place: replaced(text, found[place]) for place, text in texts.items()}
    counts = Counter(span.kind.value for spans in found.values() for span in spans)
    return _with_texts(record, clean), counts


def _with_texts(record: Conversation, texts: Texts) -> Conversation:
    answers: dict[str, str] = {name: texts.get(name, "") for name in ANSWERS}
    return replace(
        record,
        situation=texts.get(SITUATION, ""),
        survey=replace(record.survey, **answers),  # type: ignore[arg-type]
        utterances=tuple(
            utterance
            if (text := texts.get(f"u{number}", "")) == utterance.text
            else replace(utterance, text=text)
            for number, utterance in enumerate(record.utterances, start=1)
        ),
    )


def places(texts: Iterable[str]) -> list[str]:
    """Return places in the order in which they are read: the situation, the messages, the answers."""
    given = set(texts)
    messages = sorted((place for place in given if place[1:].isdigit()), key=lambda place: int(place[1:]))
    return [place for place in (SITUATION, *messages, *ANSWERS) if place in given]
