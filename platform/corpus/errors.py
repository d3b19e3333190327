"""What the corpus refuses, with the place it was found at."""

from __future__ import annotations

from collections.abc import Callable


class CorpusError(ValueError):
    """Anything this package refuses; `str()` is one line for a person."""

    code = "corpus_error"


class CorpusFormatError(CorpusError):
    """A file or record does not have the shape its format promises."""

    code = "corpus_format"

    def __init__(self, index: int | None, field: str, expected: str, found: object = None) -> None:
        self.index = index
        """Zero-based index of the record; None where the whole file is at fault."""
        self.field = field
        """Path inside the record, such as `dialog[3].annotation.strategy`; empty for the record itself."""
        self.expected = expected
        self.found = found
        super().__init__(index, field, expected, found)

    def __str__(self) -> str:
        place = "file" if self.index is None else f"record {self.index}"
        where = f"{place}, {self.field}" if self.field else place
        found = "" if self.found is None else f", found {shorten(self.found)}"
        return f"{where}: expected {self.expected}{found}"


Refuse = Callable[[CorpusFormatError], None]
"""What a reader does with a damaged record: raise, or note it and go on."""


def raising(error: CorpusFormatError) -> None:
    """Refuse the whole file at its first damaged record."""
    raise error


def shorten(value: object, *, width: int = 60) -> str:
    """Return `value` on one line of at most `width` characters, for an error's sentence."""
    shown = " ".join(repr(value).split())
    return shown if len(shown) <= width else shown[: width - 1] + "…"
