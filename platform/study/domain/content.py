"""What all worded content of a protocol has in common: frozen entries, strict keys, non-empty text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, dataclass_transform

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(pattern=r"^\S(.*\S)?$")]
"""One paragraph: not empty, on one line, without outer whitespace."""

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
"""A stable key: lower case, digits, single hyphens or underscores."""

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
"""A BCP 47 tag, such as `en` or `pt-BR`."""

Count = Annotated[int, Meta(ge=0)]


# Options of a msgspec base reach its subclasses at run time; the decorator tells the type checker so.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of a protocol. An unknown key is refused, so a misspelt one cannot be lost in silence.

    A rule broken in `__post_init__` raises ValueError, which `msgspec.convert` turns into a
    `msgspec.ValidationError` (itself a ValueError) that names the path of the entry.
    """


def refuse_repeats(what: str, values: Iterable[str]) -> None:
    """Raise ValueError, naming `what`, when a value occurs more than once."""
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        raise ValueError(f"{what} {repeated[0]!r} occurs more than once")
