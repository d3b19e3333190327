"""Protocols as folders of TOML files: `study/protocols/<name>/*.toml`.

The files of a folder are merged by their top-level keys; arrays of one key concatenate in file-name order.
A protocol with `extends` is laid over the one it names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from study.domain import protocol as protocol_domain
from study.domain.errors import ProtocolInvalid
from study.domain.protocol import Protocol

FOLDER = Path(__file__).parent / "protocols"
DEFAULT = "esconv-2021"


def names() -> list[str]:
    """Return the names of the protocols that come with the platform."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.toml")))


def read_document(name: str, *, folder: Path = FOLDER) -> dict[str, Any]:
    """Return the merged document of a protocol.

    Raises:
        ProtocolInvalid: there is no such protocol, a file is not TOML, or two files define the same key.
    """
    files = sorted((folder / name).glob("*.toml"))
    if not files:
        raise ProtocolInvalid(f"There is no protocol {name!r}; there are {', '.join(names())}.")
    return extend(merge_files(files), folder=folder)


def extend(document: dict[str, Any], *, folder: Path = FOLDER) -> dict[str, Any]:
    """Return a document laid over the protocol that it extends, or as it is.

    Raises:
        ProtocolInvalid: there is no such protocol.
    """
    if parent := document.get("extends"):
        return protocol_domain.merge(read_document(parent, folder=folder), document)
    return document


def merge_files(files: Iterable[Path]) -> dict[str, Any]:
    """Return the files' keys as one document.

    Raises:
        ProtocolInvalid: a file is not TOML, or two files define the same table.
    """
    document: dict[str, Any] = {}
    for path in files:
        try:
            part = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProtocolInvalid(f"{path.name} is not valid TOML: {error}") from error
        for key, value in part.items():
            if key not in document:
                document[key] = value
            elif isinstance(value, list) and isinstance(document[key], list):
                document[key] = document[key] + value
            else:
                raise ProtocolInvalid(f"{path.name} defines {key!r}, which another file defines too.")
    return document


def read_protocol(name: str = DEFAULT) -> tuple[Protocol, str]:
    """Return a protocol and the sha256 of its document, without a database.

    Raises:
        ProtocolInvalid: see `read_document` and `study.domain.protocol.parse`.
    """
    document = read_document(name)
    return protocol_domain.parse(document), protocol_domain.digest(document)
