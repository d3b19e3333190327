"""A stored version of a protocol."""

from __future__ import annotations

from typing import Any

from django.db import models

from study.domain import protocol as protocol_domain
from study.domain.protocol import Protocol


class ProtocolVersion(models.Model):
    """A protocol document as it was loaded. Never changed: to change anything, add a version.

    Personal data: none.
    """

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    document = models.JSONField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="protocol_version_unique")]
        ordering = ["name", "-version"]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def protocol(self) -> Protocol:
        """The document, parsed. Parsed once per process and digest."""
        found = _PARSED.get(self.sha256)
        if found is None:
            found = _PARSED[self.sha256] = _parse(self.document)
        return found


_PARSED: dict[str, Protocol] = {}


def _parse(document: dict[str, Any]) -> Protocol:
    return protocol_domain.parse(document)


def protocol_by_digest(sha256: str) -> Protocol:
    """Return the stored protocol with this digest, from memory when this process has read it before.

    Raises:
        ProtocolVersion.DoesNotExist: none is stored.
    """
    found = _PARSED.get(sha256)
    return found if found is not None else ProtocolVersion.objects.get(sha256=sha256).protocol
