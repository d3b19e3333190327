"""`compare FILE --json OUT`: Table 5 from a file of answers."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
from pathlib import Path

from modeling.domain.comparison import compare, parse_answers
from modeling.errors import ScoresUnusable
from modeling.files import write_json
from modeling.reports.preference_text import as_text

HELP = "test which of two systems people preferred, from a file of answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "file", type=Path, help="CSV, JSON or JSON lines with question and answer (win, lose, tie)"
    )
    parser.add_argument("--json", type=Path, help="write the counts and p-values here")


def run(arguments: argparse.Namespace) -> None:
    """Compare, print and write."""
    try:
        text = arguments.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScoresUnusable(f"{arguments.file} cannot be read as UTF-8 text: {error}.") from error
    table = compare(parse_answers(text))
    print("\n".join(as_text(table)))
    if arguments.json:
        write_json(
            arguments.json,
            {q: {"win": r.win, "lose": r.lose, "tie": r.tie, "p": r.p} for q, r in table.items()},
        )
