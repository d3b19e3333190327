"""Signs of life of the platform's own machinery."""

from __future__ import annotations

from django.db import models


class JobMark(models.Model):
    """When a periodic job last ran to its end, by the database's clock. One row per job, no personal data."""

    name = models.CharField(max_length=100, unique=True)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.ran_at:%Y-%m-%d %H:%M:%S}"
