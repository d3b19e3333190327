"""Every URL of the platform, and the table of who may open it (`tests/access/routes.csv`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).parents[1] / "access" / "routes.csv"


@dataclass(frozen=True)
class Route:
    """One URL pattern."""

    name: str
    """As `reverse` takes it; the pattern itself where it has none."""
    pattern: str
    parameters: tuple[str, ...]
    access: str | None
    """What the view says of itself (`study.staff.declare`)."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    route: str
    who: str
    """"everybody", "owner" (whose participation it is), "account" (any staff account) or roles."""
    get: frozenset[int]
    """Statuses for those who may; the others get what `tests/access/test_matrix.py` says for everybody alike."""
    post: frozenset[int]


def routes() -> list[Route]:
    """Return every pattern that the resolver knows."""
    return list(_walk(get_resolver()))


def _walk(
    resolver: URLResolver, *, prefix: str = "", space: str = "", inherited: tuple[str, ...] = ()
) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        names = (*inherited, *_parameters(entry))
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = f"{space}{entry.name}" if entry.name else pattern
            yield Route(name, pattern, names, getattr(entry.callback, "staff_access", None))
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, prefix=pattern, space=inner, inherited=names)


def _parameters(entry: Any) -> tuple[str, ...]:
    return tuple(getattr(entry.pattern, "converters", {}))


def table() -> dict[str, Row]:
    """Return the table by route."""
    with TABLE.open(newline="") as file:
        return {line["route"]: _row(line) for line in csv.DictReader(file)}


def _row(line: dict[str, str]) -> Row:
    return Row(line["route"], line["who"], _statuses(line["get"]), _statuses(line["post"]))


def _statuses(cell: str) -> frozenset[int]:
    return frozenset(int(status) for status in cell.split("|"))
