"""Read a protocol that somebody uploads: what is wrong with it, in which line, and what it would change."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from study import protocol_files
from study.domain import protocol as protocol_domain
from study.domain.errors import ProtocolInvalid
from study.domain.protocol import Protocol
from study.domain.toml_text import line_of

MAX_BYTES = 1_000_000
"""Four times the protocol of the paper."""
_TOML_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no protocol."""

    reason: str
    line: int | None
    """1 first; None where the text has no line to point at."""
    content: str
    """That line."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text that is a protocol."""

    document: dict[str, Any]
    """With what it extends."""
    protocol: Protocol


def read_upload(text: str) -> Read | Fault:
    """Return the protocol that a TOML text describes, or what is wrong with it."""
    if len(text.encode()) > MAX_BYTES:
        return Fault(f"The text is longer than {MAX_BYTES} bytes.", None, "")
    try:
        document = protocol_files.extend(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        return _fault(text, f"This is not valid TOML: {error}", line=int(found[1]) if found else None)
    except ProtocolInvalid as error:
        return _fault(text, str(error), line=line_of(text, "`$.extends`"))
    try:
        return Read(document=document, protocol=protocol_domain.parse(document))
    except ProtocolInvalid as error:
        return _fault(text, str(error), line=line_of(text, str(error)))


def _fault(text: str, reason: str, *, line: int | None) -> Fault:
    lines = text.splitlines()
    content = lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
    return Fault(reason, line, content[:200])
