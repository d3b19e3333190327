"""`pieces FILE --json OUT`: how many training instances a corpus gives."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from modeling.corpus_file import read_corpus
from modeling.domain.pieces import CONTEXT_UTTERANCES, count
from modeling.files import write_json

HELP = "count a corpus's pieces by size and strategy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", type=Path, help="a released corpus, or the published ESConv.json")
    parser.add_argument(
        "--context",
        type=int,
        default=CONTEXT_UTTERANCES,
        help="utterances before the response; 0 is the whole history (default: %(default)s)",
    )
    parser.add_argument("--json", type=Path, help="write the counts here")


def run(arguments: argparse.Namespace) -> None:
    """Count, print and write."""
    counts = count(read_corpus(arguments.file).conversations, limit=arguments.context or None)
    print(f"{counts.pieces:,} pieces of {counts.conversations:,} conversations")
    for size, pieces in counts.by_size.items():
        print(f"  {size:>3} utterances  {pieces:>7,}")
    for strategy, pieces in counts.by_strategy.items():
        print(f"  {strategy:<28}{pieces:>7,}")
    if arguments.json:
        by_size = {str(size): pieces for size, pieces in counts.by_size.items()}
        write_json(arguments.json, {**asdict(counts), "by_size": by_size})
