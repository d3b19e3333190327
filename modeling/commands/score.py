"""`score --hypotheses FILE --references FILE --json OUT`: the metrics of any system's responses."""

# ruff: noqa: T201 - a verb answers on standard output

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from modeling.domain.extrema import read_word_vectors
from modeling.domain.intervals import Estimate
from modeling.domain.scores import lower_tokens, score_texts, summarise
from modeling.errors import ScoresUnusable
from modeling.files import write_json

HELP = "score responses against references, one text per line"

TOKENIZERS = {"nltk": lower_tokens, "blanks": lambda text: text.lower().split()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "--hypotheses", type=Path, required=True, help="what the system said, one text per line"
    )
    parser.add_argument("--references", type=Path, required=True, help="what a supporter said, line by line")
    parser.add_argument("--vectors", type=Path, help="word vectors for Extrema, such as glove.6B.300d.txt")
    parser.add_argument(
        "--tokens",
        choices=sorted(TOKENIZERS),
        default="nltk",
        help="how texts are cut; `blanks` for texts that are already tokens (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the bootstrap (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the metrics here")


def run(arguments: argparse.Namespace) -> None:
    """Score, print and write."""
    hypotheses, references = _lines(arguments.hypotheses), _lines(arguments.references)
    vectors = read_word_vectors(arguments.vectors) if arguments.vectors else None
    scores = score_texts(hypotheses, references, vectors=vectors, tokenizer=TOKENIZERS[arguments.tokens])
    # Nothing is known of the lines' conversations, so each line stands for itself.
    summary = summarise(scores, groups=range(len(hypotheses)), seed=arguments.seed)
    for line in report(summary):
        print(line)
    if arguments.json:
        write_json(arguments.json, {"texts": len(hypotheses), **flatten(summary)})


def report(summary: Mapping[str, Estimate | None]) -> list[str]:
    """Return one line per metric with its interval."""
    return [
        f"{name:<26} n/a"
        if estimate is None
        else f"{name:<26} {estimate.value:9.4f}  [{estimate.low:.4f}, {estimate.high:.4f}]"
        for name, estimate in summary.items()
    ]


def flatten(summary: Mapping[str, Estimate | None]) -> dict[str, object]:
    """Return the metrics as numbers by name, and their intervals beside them."""
    values = {name: None if estimate is None else estimate.value for name, estimate in summary.items()}
    intervals = {name: [e.low, e.high] for name, e in summary.items() if e is not None}
    return {**values, "intervals": intervals}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ScoresUnusable(f"{path} cannot be read as UTF-8 text: {error}.") from error
