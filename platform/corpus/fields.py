"""Typed access to the fields of one decoded record, with errors that name the field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from corpus.errors import CorpusFormatError


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object inside a record: where it is and what it holds."""

    index: int
    path: str
    values: Mapping[str, object]

    def refuse(self, key: str, expected: str, found: object = None) -> CorpusFormatError:
        """Return the error for one key; the caller raises it."""
        return CorpusFormatError(self.index, self.at(key), expected, found)

    def at(self, key: str) -> str:
        """Return the path of `key` from the record's root."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def get(self, key: str, expected: str) -> object:
        """Return the value of a key that must be there."""
        try:
            return self.values[key]
        except KeyError:
            raise self.refuse(key, f"{expected}, the key is missing") from None

    def text(self, key: str, *, empty: bool = False) -> str:
        """Return a string with its white space normalised; empty ones only where `empty` says so."""
        value = self.get(key, "text")
        if not isinstance(value, str):
            raise self.refuse(key, "text", value)
        clean = normalise(value)
        if not clean and not empty:
            raise self.refuse(key, "text that is not empty")
        if not is_unicode(clean):
            raise self.refuse(key, "Unicode text without lone surrogates")
        return clean

    def fields(self, key: str) -> Fields:
        """Return an object-valued field."""
        return as_fields(self.index, self.at(key), self.get(key, "an object"))

    def items(self, key: str) -> list[object]:
        """Return a list-valued field."""
        value = self.get(key, "a list")
        if not isinstance(value, list):
            raise self.refuse(key, "a list", value)
        return value

    def only(self, allowed: Collection[str]) -> None:
        """Refuse any key outside `allowed`."""
        for key in self.values:
            if key not in allowed:
                raise self.refuse(key, f"no other key than {', '.join(allowed)}")


def as_fields(index: int, path: str, value: object) -> Fields:
    """Return `value` as an object at `path`.

    Raises:
        CorpusFormatError: it is not a JSON object.
    """
    if not isinstance(value, dict):
        raise CorpusFormatError(index, path, "an object", value)
    return Fields(index, path, cast("dict[str, object]", value))


def normalise(text: str) -> str:
    """Return `text` with runs of white space as one blank and none outside."""
    return " ".join(text.split())


def is_unicode(text: str) -> bool:
    """Return whether `text` can be written as UTF-8; JSON escapes can smuggle in half a pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
