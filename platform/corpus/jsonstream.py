"""Reads a JSON array or object one element at a time, in memory that does not grow with the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from corpus.errors import CorpusFormatError

READ_CHARACTERS = 1 << 18
RECORD_LIMIT_CHARACTERS = 1 << 26
"""A single record longer than this is refused: it is damage, not a conversation."""


def _refuse_constant(name: str) -> NoReturn:
    # Python's parser admits NaN and Infinity, which JSON does not have.
    raise json.JSONDecodeError(f"{name} is not JSON", name, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_BLANKS = " \t\n\r"
_ENDS = tuple(_BLANKS + ",]}:")


def decode_value(text: str, *, index: int | None) -> object:
    """Return the JSON value that `text` is.

    Raises:
        CorpusFormatError: `text` is not JSON.
    """
    try:
        value, end = _DECODER.raw_decode(text, _skip_blanks(text, 0))
    except (ValueError, RecursionError) as error:
        raise CorpusFormatError(index, "", f"valid JSON ({error})") from None
    if text[end:].strip(_BLANKS):
        raise CorpusFormatError(index, "", f"one JSON value (more begins at character {end})")
    return value


def iter_array(path: Path) -> Iterator[object]:
    """Yield the elements of the JSON array in `path`, in order.

    Raises:
        CorpusFormatError: the file is not UTF-8, not JSON, not an array, or goes on after it.
        OSError: the file cannot be read.
    """
    with _window(path) as window:
        yield from window.elements()


def iter_object(path: Path) -> Iterator[tuple[str, object]]:
    """Yield the keys and values of the JSON object in `path`, in order; errors as in `iter_array`."""
    with _window(path) as window:
        yield from window.entries()


@contextmanager
def _window(path: Path) -> Iterator[_Window]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            yield _Window(stream)
        except UnicodeDecodeError as error:
            raise CorpusFormatError(None, "", f"UTF-8 text ({error.reason})") from None


class _Window:
    """A window over the stream: `buffer[at:]` is what has been read and not yet consumed."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._dropped = 0
        self._ended = False

    def elements(self) -> Iterator[object]:
        """Yield the elements of an array."""
        for index in self._places("[", "]", expected="a JSON list of conversations"):
            yield self._element(index)

    def entries(self) -> Iterator[tuple[str, object]]:
        """Yield the keys and values of an object."""
        for index in self._places("{", "}", expected="a JSON object"):
            key = self._element(index)
            if not isinstance(key, str) or self._peek() != ":":
                raise self._damage(index, "a key and ':'")
            self._at += 1
            yield key, self._element(index)

    def _places(self, opening: str, closing: str, *, expected: str) -> Iterator[int]:
        """Yield the index of each element, with the window at its beginning; the caller consumes it."""
        if self._peek() != opening:
            raise CorpusFormatError(None, "", expected)
        self._at += 1
        index = 0
        follows = "," if self._peek() != closing else closing
        while follows != closing:
            yield index
            follows = self._peek()
            if follows not in (closing, ","):
                raise self._damage(index, f"',' or '{closing}' after the record")
            if follows == ",":
                self._at += 1
            index += 1
        self._at += 1
        if self._peek():
            raise self._damage(None, "the end of the file after the list")

    def _element(self, index: int) -> object:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                # Cut off by the window's edge, or damaged: only more text can tell.
                if not self._read():
                    raise self._damage(index, f"valid JSON ({error.msg})", at=error.pos) from None
            except (RecursionError, ValueError):
                # Python's own limits: on depth, and on the digits of a number.
                raise self._damage(index, "JSON of sane depth and numbers") from None
            else:
                # A bare number may go on behind the window's edge.
                whole = isinstance(value, dict | list | str) or self._buffer[end : end + 1] in _ENDS
                if whole or not self._read():
                    self._at = end
                    return value
            if len(self._buffer) - self._at > RECORD_LIMIT_CHARACTERS:
                raise self._damage(index, "valid JSON of sane size")

    def _peek(self) -> str:
        """Return the next character that is not blank, without consuming it; "" at the end."""
        while True:
            self._at = _skip_blanks(self._buffer, self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._read():
                return ""

    def _read(self) -> bool:
        if self._ended:
            return False
        # Reading as much again as is held keeps the retries of a long record linear.
        more = self._stream.read(max(READ_CHARACTERS, len(self._buffer) - self._at))
        self._dropped += self._at
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        self._ended = not more
        return bool(more)

    def _damage(self, index: int | None, expected: str, *, at: int | None = None) -> CorpusFormatError:
        position = self._dropped + (self._at if at is None else at)
        return CorpusFormatError(index, "", f"{expected} at character {position}")


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at
