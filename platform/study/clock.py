"""One clock for every deadline: the database's, so that a wrong clock on one web machine changes nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """Return the present instant (UTC, aware) by the database's clock.

    On PostgreSQL the instant of the call, not of the transaction's start: what waits for a lock must not
    judge by the time before the wait. SQLite lives on this very machine, so this machine's clock is its clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
