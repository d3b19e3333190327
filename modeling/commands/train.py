"""`train --run FILE --corpus FILE --out DIR`: fine-tune a backbone, or go on where a killed run stopped."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
from pathlib import Path

from modeling.commands.extras import modeling_extra
from modeling.corpus_file import read_corpus
from modeling.domain.runfile import read_run

HELP = "fine-tune a backbone on a corpus"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "--run", type=Path, required=True, help="a run file; the project's are in modeling/runs/"
    )
    parser.add_argument("--corpus", type=Path, required=True, help="a released corpus")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the checkpoints, the log and the figure"
    )


def run(arguments: argparse.Namespace) -> None:
    """Train and say where the checkpoint is."""
    settings, corpus = read_run(arguments.run), read_corpus(arguments.corpus)
    with modeling_extra():
        from modeling.neural.training import train
        from modeling.reports.progress import Reporter

    progress = train(settings, corpus, arguments.out, reporter=Reporter())
    print(f"{progress.step} steps in {progress.seconds:.0f} s")
    print(f"best validation perplexity {progress.best_perplexity:.3f} at step {progress.best_step}")
    print(f"checkpoint: {arguments.out / 'best'}")
