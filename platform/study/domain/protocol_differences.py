"""What changes from one protocol document to another, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ABSENT = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs."""

    path: str
    """Dotted, as "chat.max_seconds"; entries of a list by their key where they have one."""
    before: str
    """Empty where the entry is new."""
    after: str
    """Empty where the entry is gone."""


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return the entries that differ, in the order of the new document, then what is gone."""
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    paths = [*after, *(path for path in before if path not in after)]
    return [
        Difference(path, before.get(path, ABSENT), after.get(path, ABSENT))
        for path in paths
        if before.get(path) != after.get(path)
    ]


def _flat(value: object, path: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, below in value.items() for pair in _flat(below, f"{path}.{key}".lstrip("."))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        named = [(_name(entry, number), entry) for number, entry in enumerate(value, start=1)]
        return [pair for name, entry in named for pair in _flat(entry, f"{path}[{name}]")] or [(path, "[]")]
    return [(path, str(value))]


def _name(entry: object, number: int) -> str:
    if isinstance(entry, Mapping):
        for key in ("key", "outcome"):
            if key in entry:
                role = f" {entry['role']}" if entry.get("role") else ""
                return f"{entry[key]}{role}"
    return str(number)
