"""Tests of a process's rooms: wakes, stale readings, gaps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from channels.db import database_sync_to_async

from collection.domain.frames import Status
from collection.realtime.facts import RoomFacts, facts_read
from collection.realtime.rooms import Room
from collection.realtime.runtime import Runtime
from collection.services.utterances import Sent
from study.models.participant import Role
from tests.support.factories import Pair
from tests.support.sockets import Browser


class Tab:
    """A listener that remembers."""

    def __init__(self, role: str = Role.SEEKER) -> None:
        self.role, self.seat_id, self.last_ordinal = role, 0, 0
        self.shown: list[int] = []
        self.statuses: list[Status] = []
        self.ends: list[str] = []

    def show_utterances(self, sent: Sequence[Sent]) -> None:
        self.shown += [item.ordinal for item in sent]
        self.last_ordinal = sent[-1].ordinal

    def show_status(self, status: Status) -> None:
        self.statuses.append(status)

    def show_end(self, reason: str) -> None:
        self.ends.append(reason)

    def show_typing(self) -> None:
        raise AssertionError


def sent(ordinal: int, **more: object) -> Sent:
    made = Sent(
        conversation_id=1,
        seat_id=1,
        role=Role.SUPPORTER,
        client_uid=f"client-{ordinal}",
        ordinal=ordinal,
        text=str(ordinal),
        strategy="question",
        sent_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def facts(pair: Pair) -> RoomFacts:
    """What the database says of a conversation that has begun."""
    return facts_read([pair.conversation.pk])[0][pair.conversation.pk]


def test_a_gap_is_not_shown_and_what_was_seen_is_not_shown_again(facts: RoomFacts) -> None:
    room, tab = Room(facts), Tab()
    room.listeners.add(tab)
    assert room.deliver([sent(1)])
    assert not room.deliver([sent(3)])
    assert room.deliver([sent(1), sent(2), sent(3)])
    assert tab.shown == [1, 2, 3]


def test_a_reading_older_than_what_the_room_knows_is_not_taken(facts: RoomFacts) -> None:
    room = Room(facts)
    stale = replace(facts)
    room.apply(sent(1, asked=(1, (1,)), seeker_turns=1))
    assert not room.accept(stale, reading=2)
    assert room.facts.feedback is not None
    fresh = replace(facts, last_ordinal=1)
    assert room.accept(fresh, reading=3)
    assert not room.accept(replace(fresh, state="surveying"), reading=2)
    assert not room.over


def test_who_has_sent_a_message_types_no_longer(facts: RoomFacts) -> None:
    room = Room(facts)
    room.typed |= {Role.SEEKER, Role.SUPPORTER}
    room.apply(sent(1, role=Role.SEEKER))
    assert room.typed == {Role.SUPPORTER}


def test_a_status_is_shown_when_it_says_something_new(facts: RoomFacts) -> None:
    room, tab = Room(facts), Tab()
    room.listeners.add(tab)
    now = datetime.now(tz=UTC)
    for _time in range(3):
        room.show_news(now)
    assert len(tab.statuses) == 1
    room.apply(sent(1, asked=(1, (1,))))
    room.show_news(now)
    assert tab.statuses[-1].feedback is not None
    room.facts.state = "closed"
    room.show_news(now)
    assert (len(tab.statuses), len(tab.ends)) == (2, 1)


async def test_a_wake_that_comes_just_as_a_reading_ends_is_not_lost(
    pair: Pair, seeker: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeker.hello()
    hub, readings = runtime.hub, 0
    hub.close()  # no polls in between

    async def read(ids: Sequence[int]) -> None:
        nonlocal readings
        readings += 1
        if readings == 1:
            asyncio.get_running_loop().call_soon(hub.wake, *ids)

    monkeypatch.setattr(hub, "_refresh", read)
    hub.wake(pair.conversation.pk)
    await asyncio.sleep(0.05)
    assert readings == 2


async def test_many_wakes_while_one_reads_are_one_more_reading(
    pair: Pair, seeker: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeker.hello()
    runtime.hub.close()  # no polls in between
    readings = 0

    async def read(_ids: Sequence[int]) -> None:
        nonlocal readings
        readings += 1
        await asyncio.sleep(0.02)

    monkeypatch.setattr(runtime.hub, "_refresh", read)
    for _number in range(20):
        runtime.hub.wake(pair.conversation.pk)
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    assert readings == 2


async def test_a_room_without_listeners_is_forgotten(pair: Pair, seeker: Browser, runtime: Runtime) -> None:
    await seeker.hello()
    assert pair.conversation.pk in runtime.hub.rooms
    await seeker.leave()
    assert not runtime.hub.rooms
    runtime.hub.wake(pair.conversation.pk)
    await database_sync_to_async(pair.say)(Role.SEEKER)
