"""Tests that what a program says from a worker reaches the partner's socket at once, without a poll."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async

from collection.services.programs import practice_start
from collection.services.scripted import scripted_turn
from study.models.participant import Role
from tests.support.factories import make_participation, make_study
from tests.support.sockets import Browser


@pytest.fixture(autouse=True)
def quick(settings: Any, transactional_db: None) -> None:
    """No poll within a test: nothing but the wake-up can show the message."""
    settings.SOCKET_POLL_SECONDS = 600
    settings.DATABASE_THREADS = 3


async def test_the_scripted_partner_is_heard_without_a_poll() -> None:
    participation = await database_sync_to_async(_seeker)()
    conversation = await database_sync_to_async(practice_start)(participation)
    seeker = await database_sync_to_async(Browser.of)(participation)
    await seeker.hello()
    assert await database_sync_to_async(scripted_turn)(conversation.pk)
    shown = await seeker.expect("utterances")
    assert [item["role"] for item in shown["items"]] == ["supporter"]
    assert shown["items"][0]["text"]


def _seeker() -> Any:
    return make_participation(make_study(is_demo=True), role=Role.SEEKER)
