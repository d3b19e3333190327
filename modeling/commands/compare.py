"""`compare FILE --json OUT`: Table 5 from a file of answers."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
from pathlib import Path

from modeling.domain.comparison import compare, parse_answers
from modeling.errors import ScoresUnusable
from modeling.files import write_json

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
    print(f"{'question':<20}{'win':>6}{'lose':>6}{'tie':>6}{'p':>10}{'Holm':>10}   share of wins, 95 %")
    for question, row in table.items():
        share = f"{row.share_low:.2f} to {row.share_high:.2f}"
        counts = f"{row.win:>6}{row.lose:>6}{row.tie:>6}"
        print(f"{question:<20}{counts}{row.p:>10.4f}{row.p_holm:>10.4f}   {share} {row.mark}")
    if arguments.json:
        write_json(
            arguments.json,
            {q: {"win": r.win, "lose": r.lose, "tie": r.tie, "p": r.p} for q, r in table.items()},
        )
