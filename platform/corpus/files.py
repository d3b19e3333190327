"""Writes files whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it takes the place of `path` if the block ends well, else it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; each of its entries takes its place in `path` if the block ends well.

    What `path` holds under other names stays.
    """
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        path.mkdir(parents=True, exist_ok=True)
        for entry in sorted(partial.iterdir()):
            target = path / entry.name
            if target.is_dir():
                shutil.rmtree(target)
            entry.replace(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines."""
    path.write_text(text, encoding="utf-8", newline="\n")


class JsonObjectFile:
    """A JSON object written an entry at a time."""

    def __init__(self, path: Path) -> None:
        self._stream: IO[str] = path.open("w", encoding="utf-8", newline="\n")
        self._opened = False

    def __enter__(self) -> JsonObjectFile:
        self._stream.write("{")
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.write("\n}\n")
        self._stream.close()

    def add(self, key: str, value: object) -> None:
        """Write one more entry."""
        self._stream.write(
            f"{',' if self._opened else ''}\n{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        )
        self._opened = True


def write_json_array(entries: Iterable[object], path: Path, *, indent: int) -> int:
    """Write `entries` as one indented JSON array, an entry at a time, and return how many there were."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        return _write_entries(entries, stream, indent=indent)


def _write_entries(entries: Iterable[object], stream: IO[str], *, indent: int) -> int:
    count = 0
    margin = " " * indent
    stream.write("[")
    for entry in entries:
        body = json.dumps(entry, ensure_ascii=False, indent=indent).replace("\n", "\n" + margin)
        stream.write(f"{',' if count else ''}\n{margin}{body}")
        count += 1
    stream.write("\n]" if count else "]")
    return count
