"""What the commands share: files in, whole files out, refusals as one line and exit code 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus.errors import CorpusFormatError
from corpus.esconv import read_esconv
from corpus.record import Conversation


def read_conversations(path: Path) -> list[Conversation]:
    """Return the conversations of an ESConv or FailedESConv file.

    Raises:
        CommandError: the file cannot be read, or a record is not as published; the message names its
            index, the field and what was expected.
    """
    try:
        return read_esconv(path)
    except CorpusFormatError as error:
        raise CommandError(f"{path}: {error}") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def write_json(document: dict[str, Any], path: Path) -> None:
    """Write a document; a file at `path` is replaced only once the new one is complete.

    Raises:
        CommandError: the folder does not exist or cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
