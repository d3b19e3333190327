"""`table FILE...`: Table 4 of several evaluations as text, LaTeX and CSV, and their responses side by side."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
import json
from pathlib import Path

from modeling.domain.extrema import WordVectors, read_word_vectors
from modeling.domain.results import Evaluation, Figures, figures, from_document
from modeling.errors import ScoresUnusable
from modeling.files import write_text
from modeling.reports.samples import as_html
from modeling.reports.table import as_csv, as_latex, as_text, make_rows

HELP = "print Table 4 of several evaluations"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "files", type=Path, nargs="+", help="what `evaluate --json` wrote, one file per system"
    )
    parser.add_argument("--text", type=Path, help="write the printed table here")
    parser.add_argument("--latex", type=Path, help="write a LaTeX table here (needs the booktabs package)")
    parser.add_argument("--csv", type=Path, help="write every metric and interval here")
    parser.add_argument("--html", type=Path, help="write responses side by side here")
    parser.add_argument(
        "--samples", type=int, default=50, help="pieces in the HTML page (default: %(default)s)"
    )
    parser.add_argument("--vectors", type=Path, help="word vectors for Extrema, such as glove.6B.300d.txt")


def run(arguments: argparse.Namespace) -> None:
    """Read the evaluations, print the table and write what was asked for."""
    vectors = read_word_vectors(arguments.vectors) if arguments.vectors else None
    evaluations = [read_evaluation(path, vectors=vectors) for path in arguments.files]
    rows = make_rows(evaluations)
    text = as_text(rows)
    print(text, end="")
    if arguments.text:
        write_text(arguments.text, text)
    if arguments.latex:
        write_text(arguments.latex, as_latex(rows))
    if arguments.csv:
        write_text(arguments.csv, as_csv(rows))
    if arguments.html:
        write_text(arguments.html, as_html([row.evaluation for row in rows], limit=arguments.samples))


def read_evaluation(path: Path, *, vectors: WordVectors | None) -> tuple[Evaluation, Figures]:
    """Return an evaluation and its figures, computed again from its pieces.

    Raises:
        ScoresUnusable: the file is no evaluation.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScoresUnusable(f"{path} cannot be read as JSON: {error}.") from error
    evaluation = from_document(document)
    return evaluation, figures(evaluation, vectors=vectors, seed=evaluation.seed)
