"""Limit how often something may be tried.

Counted in the database, the one place that every web process shares: the limit holds across processes, through a
restart, and while Redis is away.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from study.clock import database_now
from study.identity import keyed_hash
from study.models import AttemptWindow

FORGOTTEN_AFTER = timedelta(days=1)


def attempt_allow(kind: str, who: str, *, tries: int, seconds: float) -> bool:
    """Count one try of `who` and return whether it is among the first `tries` within `seconds`.

    The time begins with the first try. `who` is stored as a keyed hash only.
    """
    key_hash = keyed_hash("attempt", kind, who)
    with transaction.atomic():
        now = database_now()
        window, _created = AttemptWindow.objects.get_or_create(key_hash=key_hash, defaults={"since": now})
        window = AttemptWindow.objects.select_for_update(no_key=True).get(pk=window.pk)
        if now - window.since >= timedelta(seconds=seconds):
            window.since, window.count = now, 0
            AttemptWindow.objects.filter(since__lt=now - FORGOTTEN_AFTER).exclude(pk=window.pk).delete()
        window.count += 1
        window.save(update_fields=["since", "count"])
    return window.count <= tries
