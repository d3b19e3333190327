"""Who withdrew, in a file beside the database, so that a restored backup can be told.

A backup is older than the withdrawals that came after it. Each withdrawal therefore leaves one line outside of the database:
the pseudonym and the time, nothing else. `python manage.py restore` repeats what the backup does not know.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

log = logging.getLogger(__name__)


def withdrawal_note(public_id: str, *, at: datetime) -> None:
    """Add a line for a participant, and wait until the disk has it.

    A file that cannot be written is logged as an error and stops nothing: the withdrawal itself is stored.
    """
    path = settings.WITHDRAWAL_LOG
    line = json.dumps({"participant": public_id, "at": at.isoformat()}) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One write to a file opened for appending: lines of several processes never mix.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        log.error(
            "The withdrawal of %s is stored, but not noted in %s (%s): a restored backup would not know of it.",
            public_id,
            path,
            error.strerror,
        )


def withdrawals_noted() -> Iterator[str]:
    """Yield the pseudonyms of all who withdrew, in order; nothing if no file is there."""
    try:
        text = settings.WITHDRAWAL_LOG.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            yield str(json.loads(line)["participant"])
        except (ValueError, KeyError, TypeError):
            log.warning("A line of %s is damaged and was passed over.", settings.WITHDRAWAL_LOG)
