"""Read what annotators judged: a CSV file with the columns `conversation`, `annotator` and `judgement`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping

from study.domain.errors import ApplicationError

COLUMNS = ("conversation", "annotator", "judgement")
GOOD = frozenset({"good", "1", "yes", "true"})
BAD = frozenset({"bad", "0", "no", "false"})


class JudgementsInvalid(ApplicationError):
    """The file of judgements cannot be read; the message names the line."""

    code = "judgements_invalid"


def read_judgements(lines: Iterable[str], *, index_of: Mapping[str, int]) -> dict[str, dict[int, bool]]:
    """Return good (True) or bad by index of conversation, for each annotator in the order of the file.

    `index_of` has the index of each conversation that may be judged.

    Raises:
        JudgementsInvalid: a column is missing, a conversation is unknown, a judgement is neither good nor bad, or
            an annotator judged one conversation twice. Nothing is read from such a file.
    """
    reader = csv.DictReader(lines)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise JudgementsInvalid(
            f"line 1: expected the columns {', '.join(COLUMNS)}; missing {', '.join(missing)}"
        )
    found: dict[str, dict[int, bool]] = {}
    for row in reader:
        conversation, annotator, judgement = (_cell(row, name, reader.line_num) for name in COLUMNS)
        if conversation not in index_of:
            raise JudgementsInvalid(f"line {reader.line_num}: there is no conversation {conversation!r}")
        if judgement.lower() not in GOOD | BAD:
            raise JudgementsInvalid(f"line {reader.line_num}: expected good or bad, found {judgement!r}")
        judged = found.setdefault(annotator, {})
        if index_of[conversation] in judged:
            raise JudgementsInvalid(f"line {reader.line_num}: {annotator} judged {conversation} before")
        judged[index_of[conversation]] = judgement.lower() in GOOD
    if not found:
        raise JudgementsInvalid("line 2: expected at least one judgement")
    return found


def _cell(row: Mapping[str, str | None], name: str, line: int) -> str:
    value = (row[name] or "").strip()
    if not value:
        raise JudgementsInvalid(f"line {line}: {name} is empty")
    return value
