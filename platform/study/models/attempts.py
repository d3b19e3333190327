"""How often something was tried: one row for each who and what, shared by every process."""

from __future__ import annotations

from django.db import models


class AttemptWindow(models.Model):
    """Tries of one kind from one place since an instant.

    Personal data: a keyed hash of a network address, for a day at most.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.count} tries since {self.since}"
