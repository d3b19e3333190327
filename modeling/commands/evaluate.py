"""`evaluate --checkpoint DIR --variant V --corpus FILE --split PART --json OUT`: measure a checkpoint."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from modeling.commands.extras import modeling_extra
from modeling.commands.score import report
from modeling.corpus_file import read_corpus
from modeling.domain.extrema import read_word_vectors
from modeling.domain.results import figures, to_document
from modeling.domain.splits import Part
from modeling.domain.variants import Variant
from modeling.files import write_json, write_text

HELP = "measure a checkpoint on a part of a corpus and let it respond"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder `best` of a training's --out")
    parser.add_argument("--variant", type=Variant, choices=list(Variant), required=True)
    parser.add_argument(
        "--corpus", type=Path, required=True, help="the corpus that the checkpoint was trained on"
    )
    parser.add_argument(
        "--split",
        choices=[*Part, "all"],
        default=Part.TEST.value,
        help="part of the corpus (default: %(default)s)",
    )
    parser.add_argument("--json", type=Path, help="write metrics and responses here, for `table`")
    parser.add_argument("--responses", type=Path, help="write the responses here, one text per line")
    parser.add_argument("--vectors", type=Path, help="word vectors for Extrema, such as glove.6B.300d.txt")
    parser.add_argument(
        "--engine", choices=["fp32", "int8"], default="fp32", help="int8 is refused where it is worse by 1 %%"
    )
    parser.add_argument("--limit", type=int, help="only the first pieces, for a quick look")
    parser.add_argument(
        "--batch-size", type=int, default=16, help="changes speed, not figures (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the responses' draws (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Evaluate, print and write."""
    corpus = read_corpus(arguments.corpus)
    vectors = read_word_vectors(arguments.vectors) if arguments.vectors else None
    with modeling_extra():
        from modeling.neural.devices import memory_said
        from modeling.neural.evaluation import evaluate, load_system

    system = load_system(arguments.checkpoint, arguments.variant, engine=arguments.engine)
    with memory_said(arguments.batch_size, setting="--batch-size"):
        evaluation = evaluate(
            system,
            corpus,
            arguments.split,
            seed=arguments.seed,
            batch_size=arguments.batch_size,
            limit=arguments.limit,
            on_progress=lambda text: print(text, file=sys.stderr),
        )
    found = figures(evaluation, vectors=vectors, seed=arguments.seed)
    print(
        f"{evaluation.system} as {evaluation.variant}: {len(evaluation.pieces):,} pieces of {arguments.split}"
    )
    for line in report(found):
        print(line)
    if arguments.json:
        write_json(arguments.json, to_document(evaluation, found))
    if arguments.responses:
        write_text(arguments.responses, "".join(f"{piece.hypothesis}\n" for piece in evaluation.pieces))
