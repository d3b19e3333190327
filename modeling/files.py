"""Writing results: whole or not at all, with a sentence when the disk is full."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modeling.errors import DiskFull, ModelingError


@contextmanager
def disk_full_said(path: Path) -> Iterator[None]:
    """Turn the system's "no space left" and "quota exceeded" into a sentence.

    Raises:
        DiskFull: there was no room for `path`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _full(path) from error
        raise
    except Exception as error:
        # safetensors reports the system's error as text.
        if "No space left on device" in str(error) or "os error 28" in str(error):
            raise _full(path) from error
        raise


def _full(path: Path) -> ModelingError:
    return DiskFull(
        f"The disk is full: {path} was not written. What was saved before is untouched; "
        "free some space and run the same command again."
    )


def write_text(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, never half of it.

    Raises:
        DiskFull: there is no room.
    """
    with disk_full_said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            # mkstemp makes files for the owner alone; results are as readable as any other file.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_json(path: Path, value: object) -> None:
    """Write indented JSON; numbers that are not finite are refused, because JSON has none.

    Raises:
        DiskFull: there is no room.
        ValueError: `value` holds NaN or infinity.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
