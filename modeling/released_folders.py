"""Released corpora as folders: a data file and the manifest that says what it is.

What a release is called, and which file is its data, is read from its manifest; nothing of it is a path that a
person gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

MANIFEST = "manifest.json"
DATA_SUFFIX = ".json"


class _Number(msgspec.Struct):
    number: int
    name: str
    rehearsal: bool = False


class _File(msgspec.Struct):
    # A plain name: what it names cannot lie outside the folder.
    name: Annotated[str, msgspec.Meta(pattern=r"^[\w][\w.-]*$")]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    records: int = 0


class _Manifest(msgspec.Struct):
    release: _Number
    files: list[_File]
    protocols: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class ReleasedFolder:
    """A release that can be trained on."""

    key: str
    """The folder's name; unique among the releases."""
    number: int
    name: str
    rehearsal: bool
    conversations: int
    sha256: str
    """Of the data file, by the manifest."""
    protocols: list[dict[str, Any]]
    data: Path


def list_releases(folder: Path) -> list[ReleasedFolder]:
    """Return the releases below `folder`, newest number first; what is no release is left out."""
    if not folder.is_dir():
        return []
    found = (
        _read(entry)
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith(".")
    )
    return sorted((release for release in found if release), key=lambda r: (-r.number, r.key))


def _read(folder: Path) -> ReleasedFolder | None:
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    data = next((file for file in manifest.files if file.name.endswith(DATA_SUFFIX)), None)
    if data is None:
        return None
    return ReleasedFolder(
        key=folder.name,
        number=manifest.release.number,
        name=manifest.release.name,
        rehearsal=manifest.release.rehearsal,
        conversations=data.records,
        sha256=data.sha256,
        protocols=manifest.protocols,
        data=folder / data.name,
    )
