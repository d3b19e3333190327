"""Tests that what is away for a while costs time and never a message or a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError

from collection.domain.exits import EndReason
from collection.realtime import hub, writer
from collection.realtime import runtime as runtimes
from collection.realtime.runtime import Runtime
from collection.services.conversations import conversation_stop
from collection.services.utterances import Draft
from study.models.participant import Role
from tests.support.factories import Pair
from tests.support.sockets import Browser, OtherLoop


def fail_once(real: Callable[..., Any], error: Exception, *, times: int) -> Callable[..., Any]:
    left = [times]

    def call(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return real(*args, **kwargs)

    return call


async def test_while_the_database_is_away_messages_are_refused_and_taken_later(
    seeker: Browser, supporter: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seeker.hello()
    await supporter.hello()
    away = fail_once(writer.utterances_send, OperationalError("server closed the connection"), times=2)
    monkeypatch.setattr(writer, "utterances_send", away)
    for attempt in range(3):
        await seeker.say("uid-00001", "Still here.")
        frame = await seeker.expect("refused", "ack")
        expected = ("ack", None) if attempt == 2 else ("refused", True)
        assert (frame["type"], frame.get("retry")) == expected
    assert (await supporter.expect("utterances"))["items"][0]["text"] == "Still here."


async def test_a_broken_connection_is_opened_anew(seeker: Browser, runtime: Runtime) -> None:
    from django.db import connection

    await seeker.hello()

    def break_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    for _number in range(6):
        with pytest.raises(hub.DatabaseAway):
            await runtime.threads.run(break_it)
    for number in range(5):
        await seeker.say(f"uid-0000{number}")
        assert (await seeker.expect("ack"))["ordinal"] == number + 1


async def test_one_message_that_breaks_the_writer_does_not_take_the_others_down(
    pair: Pair, seeker: Browser, supporter: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writer.utterances_send

    def fragile(drafts: list[Draft]) -> Any:
        if any(draft.text == "poison" for draft in drafts):
            raise RuntimeError("cannot")
        return real(drafts)

    monkeypatch.setattr(writer, "utterances_send", fragile)
    drafts = [pair.draft(Role.SEEKER, text) for text in ("one", "poison", "two")]
    found = await asyncio.gather(*(runtime.writer.send(draft) for draft in drafts), return_exceptions=True)
    assert [getattr(item, "ordinal", type(item)) for item in found] == [1, writer.ServiceAway, 2]


async def test_a_display_that_fails_does_not_stop_the_writer(
    pair: Pair, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_sent: object) -> None:
        raise RuntimeError("cannot")

    monkeypatch.setattr(runtime.hub, "committed", broken)
    for number in (1, 2):
        assert (await runtime.writer.send(pair.draft(Role.SEEKER))).ordinal == number


async def test_a_message_from_elsewhere_is_found_by_the_poll(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await seeker.hello()
    await supporter.hello()
    await database_sync_to_async(pair.say)(Role.SEEKER, "From nowhere.")
    for tab in (seeker, supporter):
        assert (await tab.expect("utterances"))["items"][0]["text"] == "From nowhere."


async def _listening() -> None:
    await runtimes.current().listening.wait()


@pytest.mark.parametrize("channel_layer", ["alive", "capacity 1", "dead"], indirect=True)
async def test_two_processes_show_the_same_whatever_the_channel_layer_does(
    pair: Pair, seeker: Browser, supporter: Browser, other: OtherLoop, channel_layer: str, runtime: Runtime
) -> None:
    await seeker.hello()
    await other.run(supporter.hello())
    if channel_layer == "alive":
        await runtime.listening.wait()
        await other.run(_listening())

    async def talk(tab: Browser, name: str) -> None:
        for number in range(6):
            await tab.say(
                f"client-{name}-{number}", f"{name} {number}", strategy="question" if name == "u" else None
            )
            await tab.expect("ack")

    await asyncio.gather(talk(seeker, "s"), other.run(talk(supporter, "u")))

    async def rest(tab: Browser) -> list[str]:
        while len(tab.texts()) < 12:
            await tab.expect("utterances")
        return tab.texts()

    stored = await database_sync_to_async(pair.texts)()
    assert await rest(seeker) == stored
    assert await other.run(rest(supporter)) == stored
    await database_sync_to_async(conversation_stop)(pair.conversation.pk, reason=EndReason.TIME_UP)
    await seeker.expect("ended")
    await other.run(supporter.expect("ended"))
    await seeker.leave()
    await other.run(supporter.leave())
