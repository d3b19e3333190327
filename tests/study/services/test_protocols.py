"""Tests that a stored protocol never changes."""

from __future__ import annotations

import pytest

from study import protocol_files
from study.domain import protocol
from study.domain.errors import ProtocolChanged, ProtocolInvalid
from study.models import ProtocolVersion
from study.services.protocols import protocol_load, protocol_store

pytestmark = pytest.mark.django_db


def test_the_same_document_is_stored_once() -> None:
    assert protocol_load("esconv-2021") == protocol_load("esconv-2021")
    assert ProtocolVersion.objects.count() == 1


def test_the_same_version_with_other_contents_is_refused_and_a_new_version_is_taken() -> None:
    first = protocol_load("esconv-2021")
    changed = protocol.merge(protocol_files.read_document("esconv-2021"), {"chat": {"max_seconds": 100}})
    with pytest.raises(ProtocolChanged, match="give it a new version"):
        protocol_store(changed)
    second = protocol_store(changed | {"version": first.version + 1})
    assert second.protocol.chat.max_seconds == 100
    assert ProtocolVersion.objects.get(pk=first.pk).protocol.chat.max_seconds == 3600


def test_an_unreadable_document_is_not_stored() -> None:
    with pytest.raises(ProtocolInvalid):
        protocol_store({"name": "broken", "version": 1})
    with pytest.raises(ProtocolInvalid, match="There is no protocol 'nowhere'"):
        protocol_load("nowhere")
    assert not ProtocolVersion.objects.exists()
