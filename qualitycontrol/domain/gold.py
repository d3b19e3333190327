"""Read known strategies: a CSV file with the columns `conversation`, `ordinal` and `strategy`."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from study.domain.errors import ApplicationError

COLUMNS = ("conversation", "ordinal", "strategy")


class GoldFileInvalid(ApplicationError):
    """The file cannot be read; the message names the line."""

    code = "gold_file_invalid"


def read_gold(lines: Iterable[str]) -> dict[tuple[str, int], str]:
    """Return the known strategy's key by public id of the conversation and ordinal of the message.

    Raises:
        GoldFileInvalid: a column or a cell is missing, an ordinal is no number, or a message stands there twice.
    """
    reader = csv.DictReader(lines)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise GoldFileInvalid(
            f"line 1: expected the columns {', '.join(COLUMNS)}; missing {', '.join(missing)}"
        )
    found: dict[tuple[str, int], str] = {}
    for row in reader:
        conversation, ordinal, strategy = ((row[name] or "").strip() for name in COLUMNS)
        if not conversation or not strategy:
            raise GoldFileInvalid(f"line {reader.line_num}: the conversation or the strategy is empty")
        if not (ordinal.isascii() and ordinal.isdigit()):
            raise GoldFileInvalid(f"line {reader.line_num}: expected a message's number, found {ordinal!r}")
        if (conversation, int(ordinal)) in found:
            raise GoldFileInvalid(f"line {reader.line_num}: {conversation} {ordinal} stood there before")
        found[conversation, int(ordinal)] = strategy
    return found
