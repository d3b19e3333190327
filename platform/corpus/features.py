"""The column types of the Parquet release, said once and told to Arrow, to `datasets` and to the card.

`datasets` finds its own types in the Parquet file's metadata (so a label is a `ClassLabel`, not a bare
integer) and on the Hub in the card's header.
Source: huggingface.co/docs/datasets, "Features".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Value:
    """A plain column; `dtype` is Arrow's name of the type."""

    dtype: str


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """An integer column whose values are positions in `names`."""

    names: tuple[str, ...]

    def position(self, label: str | None) -> int | None:
        """Return the integer that stands for `label`; None stays None."""
        return None if label is None else self.names.index(label)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A column of lists."""

    item: Feature


@dataclass(frozen=True, slots=True)
class Struct:
    """A column of named fields."""

    fields: Mapping[str, Feature]


Feature = Value | ClassLabel | ListOf | Struct


def arrow_type(feature: Feature) -> Any:
    """Return the Arrow type of a feature."""
    match feature:
        case Value(dtype):
            return pa.type_for_alias(dtype)
        case ClassLabel():
            return pa.int64()  # what `datasets` stores a ClassLabel as
        case ListOf(item):
            return pa.list_(arrow_type(item))
        case Struct(fields):
            return pa.struct([(name, arrow_type(field)) for name, field in fields.items()])


def metadata(feature: Feature) -> Any:
    """Return a feature as `datasets` writes it into a file's metadata."""
    match feature:
        case Value(dtype):
            return {"dtype": dtype, "_type": "Value"}
        case ClassLabel(names):
            return {"names": list(names), "_type": "ClassLabel"}
        case ListOf(item):
            return {"feature": metadata(item), "_type": "List"}
        case Struct(fields):
            return {name: metadata(field) for name, field in fields.items()}


def card_entries(fields: Mapping[str, Feature]) -> list[dict[str, Any]]:
    """Return the features as the card's header lists them."""
    return [{"name": name, **_card_type(feature)} for name, feature in fields.items()]


def _card_type(feature: Feature) -> dict[str, Any]:
    match feature:
        case Value(dtype):
            return {"dtype": dtype}
        case ClassLabel(names):
            return {"dtype": {"class_label": {"names": dict(zip(_positions(names), names, strict=True))}}}
        case ListOf(Struct(fields)):
            return {"list": card_entries(fields)}
        case ListOf(Value(dtype)):
            return {"list": dtype}
        case ListOf(item):
            return {"list": _card_type(item)}
        case Struct(fields):
            return {"struct": card_entries(fields)}


def _positions(names: Sequence[str]) -> list[str]:
    return [str(position) for position in range(len(names))]
