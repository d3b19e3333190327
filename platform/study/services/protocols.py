"""Store protocols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from study import protocol_files
from study.domain import protocol as protocol_domain
from study.domain.errors import ProtocolChanged
from study.models import ProtocolVersion


@transaction.atomic
def protocol_store(document: Mapping[str, Any]) -> ProtocolVersion:
    """Store a protocol document and return its version; the same document again returns the same row.

    Raises:
        ProtocolInvalid: the document cannot be read.
        ProtocolChanged: this name and version are stored with other contents.
    """
    protocol = protocol_domain.parse(document)
    sha256 = protocol_domain.digest(document)
    version, _created = ProtocolVersion.objects.get_or_create(
        name=protocol.name,
        version=protocol.version,
        defaults={"sha256": sha256, "document": dict(document)},
    )
    if version.sha256 != sha256:
        raise ProtocolChanged(
            f"{protocol.name} version {protocol.version} is stored with other contents. "
            "A protocol that has been stored is never changed: give it a new version."
        )
    return version


def protocol_load(name: str) -> ProtocolVersion:
    """Store the protocol of that name that comes with the platform.

    Raises:
        ProtocolInvalid, ProtocolChanged: see `protocol_store`.
    """
    return protocol_store(protocol_files.read_document(name))
