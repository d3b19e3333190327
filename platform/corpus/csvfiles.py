"""Writes two CSV tables, one row per conversation and one per utterance, safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, and participants write what they
like. Such cells get a leading apostrophe, which spreadsheets take as "this is text" and do not show.
Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from corpus.fields import normalise
from corpus.files import replacing_folder
from corpus.record import Conversation, Survey, Utterance

CONVERSATIONS = "conversations.csv"
UTTERANCES = "utterances.csv"

CONVERSATION_COLUMNS = (
    "conversation", "id", "seeker_id", "supporter_id", "experience", "emotion", "problem", "situation", "minutes",
    "intensity_before", "intensity_after", "original_intensity_after", "improvement", "empathy", "relevance",
    "detail", "seeker_liked", "seeker_improve", "supporter_liked", "supporter_improve", "utterances",
    "intensity_review", "flags",
)  # fmt: skip
UTTERANCE_COLUMNS = (
    "conversation", "id", "position", "speaker", "strategy", "original_strategy", "votes", "feedback", "rates",
    "offset_seconds", "text", "review",
)  # fmt: skip

_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula; the last four are the full-width forms that some spreadsheets also take."""


class _Rows(Protocol):
    """What `csv.writer` returns; the library gives it no public name."""

    def writerow(self, row: Iterable[object], /) -> object: ...


def guarded(text: str) -> str:
    """Return `text` so that no spreadsheet runs it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_MARKS) else text


def write_csv(conversations: Iterable[Conversation], folder: Path | str, *, mark: bool = True) -> int:
    """Write both tables into `folder` and return the number of conversations.

    `conversation` is the zero-based index that joins the tables. Lists are joined by "; ". `mark` writes a
    byte order mark, without which Excel takes UTF-8 for the system's code page.
    """
    encoding = "utf-8-sig" if mark else "utf-8"
    with (
        replacing_folder(Path(folder)) as partial,
        (partial / CONVERSATIONS).open("w", encoding=encoding, newline="") as upper,
        (partial / UTTERANCES).open("w", encoding=encoding, newline="") as lower,
    ):
        return _write_rows(conversations, csv.writer(upper), csv.writer(lower))


def _write_rows(conversations: Iterable[Conversation], upper: _Rows, lower: _Rows) -> int:
    upper.writerow(CONVERSATION_COLUMNS)
    lower.writerow(UTTERANCE_COLUMNS)
    count = 0
    for count, conversation in enumerate(conversations, start=1):
        upper.writerow(map(_cell, _conversation_row(conversation, count - 1)))
        for position, utterance in enumerate(conversation.utterances):
            lower.writerow(map(_cell, _utterance_row(conversation, utterance, count - 1, position)))
    return count


def _cell(value: object) -> object:
    # Numbers are written as numbers: a negative improvement must not turn into text.
    return guarded(normalise(value)) if isinstance(value, str) else value


def _conversation_row(conversation: Conversation, index: int) -> tuple[object, ...]:
    survey: Survey = conversation.survey
    return (
        index,
        conversation.id,
        conversation.seeker_id,
        conversation.supporter_id,
        conversation.experience,
        conversation.emotion,
        conversation.problem,
        conversation.situation,
        conversation.minutes,
        survey.intensity_before,
        survey.intensity_after,
        survey.original_intensity_after,
        survey.improvement,
        survey.empathy,
        survey.relevance,
        survey.detail,
        survey.seeker_liked,
        survey.seeker_improve,
        survey.supporter_liked,
        survey.supporter_improve,
        len(conversation.utterances),
        survey.intensity_review,
        "; ".join(sorted(conversation.flags)),
    )


def _utterance_row(
    conversation: Conversation, utterance: Utterance, index: int, position: int
) -> tuple[object, ...]:
    return (
        index,
        conversation.id,
        position,
        str(utterance.speaker),
        utterance.strategy,
        utterance.original_strategy,
        "; ".join(utterance.votes),
        utterance.feedback,
        "; ".join(map(str, utterance.rates)),
        utterance.offset_seconds,
        utterance.text,
        utterance.review,
    )
