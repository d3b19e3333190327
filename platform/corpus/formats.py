"""The formats by name: which one a path holds, and how to read and write each."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from corpus.convokit import UTTERANCES, iter_convokit
from corpus.errors import CorpusError, Refuse, raising
from corpus.esconv import iter_esconv
from corpus.jsonl import iter_jsonl
from corpus.record import Conversation

_SNIFFED_BYTES = 4096


class Format(StrEnum):
    """The names of the formats, as commands take them."""

    ESCONV = "esconv"
    """ESConv.json as published."""
    FAILED = "failed"
    """FailedESConv.json as published."""
    JSONL = "jsonl"
    """One record per line, with everything the record knows."""
    CONVOKIT = "convokit"
    """A ConvoKit corpus folder."""
    PARQUET = "parquet"
    """Parquet files with splits, a dataset card and a datasheet; written only."""
    CSV = "csv"
    """Two tables for spreadsheets; written only."""


READABLE = (Format.ESCONV, Format.FAILED, Format.JSONL, Format.CONVOKIT)


def detect(path: Path) -> Format:
    """Return the format that a path holds, by what is in it rather than by its name.

    Raises:
        CorpusError: it is none that can be read.
        OSError: the path cannot be read.
    """
    if path.is_dir():
        if (path / UTTERANCES).is_file():
            return Format.CONVOKIT
        raise CorpusError(f"{path}: a folder without {UTTERANCES} is no ConvoKit corpus")
    with path.open("rb") as stream:
        beginning = stream.read(_SNIFFED_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if beginning == b"{":
        return Format.JSONL
    # Anything else is read as the published list, whose reader says what is wrong with it.
    return Format.ESCONV


class CorpusFile:
    """The conversations in a path, read anew and one at a time at every pass."""

    def __init__(self, path: Path | str, *, known: Format | None = None, refuse: Refuse = raising) -> None:
        """Open `path` as the `known` format, or the one found in it.

        Raises:
            CorpusError: the path holds no format that can be read.
            OSError: it is not there.
        """
        self.path = Path(path)
        self.format = known or detect(self.path)
        self._refuse = refuse
        if self.format not in READABLE:
            raise CorpusError(f"{self.format} is written only; one of {', '.join(READABLE)} can be read")

    def __iter__(self) -> Iterator[Conversation]:
        if self.format is Format.CONVOKIT:
            return iter_convokit(self.path)
        if self.format is Format.JSONL:
            return iter_jsonl(self.path, refuse=self._refuse)
        return iter_esconv(self.path, refuse=self._refuse)


def read_corpus(path: Path | str) -> list[Conversation]:
    """Return every conversation in `path`, whichever readable format it holds."""
    return list(CorpusFile(path))
