"""Writes a corpus in any format, by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.convokit import write_convokit
from corpus.csvfiles import write_csv
from corpus.details import ReleaseDetails
from corpus.esconv import write_esconv
from corpus.failed import is_failed, write_failed
from corpus.formats import Format
from corpus.jsonl import write_jsonl
from corpus.record import Conversation
from corpus.splits import DEFAULT_SEED, Grouping


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What only some of the formats need."""

    seed: int = DEFAULT_SEED
    grouping: Grouping = Grouping.NONE
    details: ReleaseDetails | None = None
    byte_order_mark: bool = True
    """Whether CSV files begin with one, for Excel."""
    only_failed: bool = False
    """Whether only conversations that did not help are written (`corpus.failed.is_failed`)."""


def convert(source: Iterable[Conversation], to: Format, out: Path, *, options: Options | None = None) -> int:
    """Write `source` to `out` and return the number of conversations written.

    For Parquet the source is gone through twice.

    Raises:
        CorpusFormatError: the format cannot say a record, or the source is damaged.
        OSError: `out` cannot be written.
    """
    options = options or Options()
    conversations = Failed(source) if options.only_failed else source
    match to:
        case Format.ESCONV:
            return write_esconv(conversations, out)
        case Format.FAILED:
            return write_failed(conversations, out)
        case Format.JSONL:
            return write_jsonl(conversations, out)
        case Format.CONVOKIT:
            return write_convokit(conversations, out, name=out.name)
        case Format.CSV:
            return write_csv(conversations, out, mark=options.byte_order_mark)
        case Format.PARQUET:
            from corpus.release import write_release  # Arrow and NLTK take seconds to import

            details, seed, grouping = options.details, options.seed, options.grouping
            return sum(
                write_release(conversations, out, details=details, seed=seed, grouping=grouping).values()
            )


@dataclass(frozen=True, slots=True)
class Failed:
    """The conversations of a source that did not help; as often read anew as the source."""

    source: Iterable[Conversation]

    def __iter__(self) -> Iterator[Conversation]:
        return filter(is_failed, self.source)
