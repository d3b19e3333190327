"""TOML as people write and read it: a document as one file, and where in a file an entry stands.

Source: TOML v1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"-]+)\s*=")
_PATH = re.compile(r"`\$([^`]*)`")
_FIELD = re.compile(r"field `([^`]+)`")
_PART = re.compile(r"\.?([A-Za-z0-9_-]+)|\[(\d+)\]")
Path = tuple[str | int, ...]


def write_toml(document: Mapping[str, Any]) -> str:
    """Return a document as TOML text; reading it gives the same document.

    Values are strings, integers, floats, booleans, lists and tables, as JSON has them.

    Raises:
        TypeError: a value of another kind.
    """
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not _is_table(value) and not _is_tables(value)}
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        below = (*path, key)
        name = ".".join(_key(part) for part in below)
        if _is_table(value):
            yield from ("", f"[{name}]", *_table(value, below))
        elif _is_tables(value):
            for entry in value:
                yield from ("", f"[[{name}]]", *_table(entry, below))


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and _is_table(value[0])


def _key(key: str) -> str:
    return key if _BARE.match(key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's too; DEL is the one character that only TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise TypeError(f"{type(value).__name__} is not written as TOML")


def line_of(text: str, message: str) -> int | None:
    """Return the line, 1 first, of the entry that an error's message names; None where the text has no such entry.

    The message ends with a path as `study.domain.protocol.parse` writes it: "… - at `$.chat.max_seconds`".
    """
    found = _PATH.search(message)
    path = _parts(found[1]) if found else ()
    field = _FIELD.search(message)
    places = _places(text)
    wanted = [(*path, field[1])] if field else []
    wanted += [path[:length] for length in range(len(path), 0, -1)]
    return next((places[place] for place in wanted if place in places), None)


def _parts(path: str) -> Path:
    return tuple(name or int(index) for name, index in _PART.findall(path))


def _places(text: str) -> dict[Path, int]:
    """Return the line of each table and key."""
    places: dict[Path, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: Path = ()
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        # Within a text of several lines nothing is a key.
        if not inside:
            if header := _HEADER.match(line):
                table = _header(header[2], many=header[1] == "[[", counts=counts)
                places.setdefault(table, number)
                places.setdefault(table[:1], number)
            elif key := _KEY.match(line):
                places.setdefault((*table, *_names(key[1])), number)
        if line.count('"""') % 2 or line.count("'''") % 2:
            inside = not inside
    return places


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _header(dotted: str, *, many: bool, counts: dict[tuple[str, ...], int]) -> Path:
    names = _names(dotted)
    if many:
        counts[names] = counts.get(names, -1) + 1
        # A new entry begins its own lists anew.
        for below in [known for known in counts if known[: len(names)] == names and known != names]:
            del counts[below]
    path: list[str | int] = []
    for length, name in enumerate(names, start=1):
        path.append(name)
        if names[:length] in counts:
            path.append(counts[names[:length]])
    return tuple(path)
