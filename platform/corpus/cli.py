"""The command line: `python -m corpus VERB`, also installed as `esc-corpus`.

What takes seconds to import (NLTK, Arrow, matplotlib, scipy) is imported by the verbs that need it.
Results go to standard output, progress and errors to standard error, one line each.
Exit codes: 0 done, 1 the corpus is refused, 2 wrong usage or a path that cannot be used, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus.conversion import Options, convert
from corpus.details import read_details
from corpus.errors import CorpusError, CorpusFormatError
from corpus.files import replacing, write_text
from corpus.formats import READABLE, CorpusFile, Format
from corpus.progress import Tracked
from corpus.splits import DEFAULT_SEED, Grouping
from corpus.tables import (
    Table,
    annotations_table,
    features_table,
    phases_table,
    progress_table,
    sizes_table,
    transitions_table,
)

DONE, REFUSED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ERRORS_SHOWN = 50
FEATURES_SHOWN = 5
"""Figure 3 lists five features of each strategy; the JSON document has more."""

Arguments = argparse.Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    run: Callable[[Arguments], int] = arguments.run
    try:
        return run(arguments)
    except CorpusError as error:
        return _complain(
            f"{arguments.file}: {error}" if isinstance(error, CorpusFormatError) else str(error), REFUSED
        )
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return _complain(f"{error.filename or arguments.file}: {error.strerror or error}", UNUSABLE)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(f"corpus: {' '.join(sentence.split())}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="corpus", description="Read, write and measure emotional support corpora."
    )
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    _validate_verb(verbs)
    _convert_verb(verbs)
    for name, help_, run, ranked in (
        ("statistics", "sizes, lengths, labels, scores (Tables 2 and 3)", _statistics, False),
        (
            "strategies",
            "strategies by progress and their transitions (Fig. 4, Table 6)",
            _strategies,
            True,
        ),
        ("lexical", "what sets each strategy's words apart (Fig. 3)", _lexical, True),
    ):
        verb = _verb(verbs, name, help_, run)
        verb.add_argument(
            "--json", type=Path, metavar="OUT", help="write the JSON document; - for standard output"
        )
        if ranked:
            verb.add_argument("--top", type=_positive, metavar="N", help="entries listed")
    figures = _verb(verbs, "figures", "figures, tables and report.html", _figures)
    figures.add_argument("--out", type=Path, required=True, metavar="DIR")
    figures.add_argument("--model", type=Path, metavar="FILE", help="a model's conversations, for Fig. 5")
    compare = _verb(verbs, "compare", "two corpora side by side", _compare, operand="A")
    compare.add_argument("other", type=Path, metavar="B")
    compare.add_argument(
        "--json", type=Path, metavar="OUT", help="write the JSON document; - for standard output"
    )
    return parser


def _verb(
    verbs: Any, name: str, help_: str, run: Callable[[Arguments], int], *, operand: str = "FILE"
) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=help_, description=help_)
    verb.set_defaults(run=run)
    verb.add_argument("file", type=Path, metavar=operand)
    verb.add_argument(
        "--from", dest="known", type=Format, choices=READABLE, help="its format (default: found out)"
    )
    return verb


def _validate_verb(verbs: Any) -> None:
    _verb(verbs, "validate", "check every record and name what is wrong", _validate)


def _convert_verb(verbs: Any) -> None:
    verb = _verb(verbs, "convert", "write the corpus in another format", _convert)
    verb.add_argument("--to", type=Format, choices=tuple(Format), required=True)
    verb.add_argument("--out", type=Path, required=True, metavar="PATH")
    verb.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help=f"of the Parquet split (default {DEFAULT_SEED})"
    )
    verb.add_argument("--group-by", type=Grouping, choices=tuple(Grouping), default=Grouping.NONE)
    verb.add_argument(
        "--details", type=Path, metavar="TOML", help="what card and datasheet say of the release"
    )
    verb.add_argument("--no-bom", action="store_true", help="CSV without the byte order mark")
    verb.add_argument("--only-failed", action="store_true", help="only conversations that did not help")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _source(arguments: Arguments, what: str) -> Tracked:
    return Tracked(CorpusFile(arguments.file, known=arguments.known), what)


def _validate(arguments: Arguments) -> int:
    errors: list[CorpusFormatError] = []
    source = CorpusFile(arguments.file, known=arguments.known, refuse=errors.append)
    conversations = utterances = 0
    try:
        for conversation in Tracked(source, "validate"):
            conversations += 1
            utterances += len(conversation.utterances)
    except CorpusFormatError as fatal:
        errors.append(fatal)  # of the file itself: nothing can be read after it
    for error in errors[:ERRORS_SHOWN]:
        _complain(f"{arguments.file}: {error}", REFUSED)
    if len(errors) > ERRORS_SHOWN:
        _complain(f"{arguments.file}: {len(errors) - ERRORS_SHOWN:,} more errors", REFUSED)
    if errors:
        return REFUSED
    _say(
        f"{arguments.file}: {source.format}, {conversations:,} conversations, {utterances:,} utterances, no errors"
    )
    return DONE


def _convert(arguments: Arguments) -> int:
    options = Options(
        seed=arguments.seed,
        grouping=arguments.group_by,
        details=read_details(arguments.details) if arguments.details else None,
        byte_order_mark=not arguments.no_bom,
        only_failed=arguments.only_failed,
    )
    count = convert(_source(arguments, "convert"), arguments.to, arguments.out, options=options)
    _say(f"{arguments.out}: {arguments.to}, {count:,} conversations")
    return DONE


def _statistics(arguments: Arguments) -> int:
    from corpus.statistics import compute_statistics

    document = compute_statistics(_source(arguments, "statistics"))
    return _present(
        arguments.json, document, [sizes_table(document), annotations_table(document), phases_table(document)]
    )


def _strategies(arguments: Arguments) -> int:
    from corpus.strategies import TOP, compute_strategies

    document = compute_strategies(_source(arguments, "strategies"), top=arguments.top or TOP)
    return _present(arguments.json, document, [progress_table(document), transitions_table(document)])


def _lexical(arguments: Arguments) -> int:
    from corpus.lexical import TOP, compute_lexical

    document = compute_lexical(_source(arguments, "lexical"), top=arguments.top or TOP)
    return _present(arguments.json, document, [features_table(document, top=arguments.top or FEATURES_SHOWN)])


def _figures(arguments: Arguments) -> int:
    from corpus.report import REPORT, write_report

    model = Tracked(CorpusFile(arguments.model), "model") if arguments.model else None
    written = write_report(
        _source(arguments, "figures"),
        arguments.out,
        model=model,
        source=arguments.file.name,
        model_source=arguments.model.name if arguments.model else "",
    )
    _say(f"{arguments.out}: {len(written)} files, begin with {REPORT}")
    return DONE


def _compare(arguments: Arguments) -> int:
    from corpus.comparison import compare, comparison_tables

    document = compare(_source(arguments, "A"), Tracked(CorpusFile(arguments.other), "B"))
    return _present(arguments.json, document, comparison_tables(document))


def _present(out: Path | None, document: dict[str, object], tables: list[Table]) -> int:
    """Write the document where asked to, else show its tables."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if out is None:
        sys.stdout.write("\n".join(table.to_text() for table in tables))
    elif str(out) == "-":
        sys.stdout.write(text)
    else:
        with replacing(out) as partial:
            write_text(partial, text)
        _say(str(out))
    return DONE
