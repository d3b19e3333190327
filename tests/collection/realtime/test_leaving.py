"""Tests that nobody stays connected without a right to, and that a server that leaves takes nothing with it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session

from collection.realtime import writer
from collection.realtime.runtime import RECONNECT_MS, Runtime
from study.access import SESSION_KEY
from tests.support.factories import Pair
from tests.support.sockets import Browser


async def farewell(tab: Browser) -> tuple[int, dict[str, Any]]:
    """Return the close code of a tab and the last frame before it; the tab goes, as a browser does."""
    code = await tab.closed()
    await tab.leave()
    return code, tab.heard[-1]


async def test_a_server_that_leaves_sends_everybody_elsewhere_over_a_time(
    pair: Pair, seeker: Browser, supporter: Browser, runtime: Runtime
) -> None:
    await seeker.hello()
    await supporter.hello()
    clock = asyncio.get_running_loop()
    start = clock.time()
    drain = asyncio.create_task(runtime.drain(seconds=0.6))
    for tab in (seeker, supporter):
        code, last = await farewell(tab)
        assert (code, last["type"]) == (4012, "reconnect")
        assert 0 <= last["after_ms"] <= RECONNECT_MS
    assert clock.time() - start >= 0.3  # the second of two
    await drain
    assert not runtime.sockets


async def test_a_server_that_leaves_takes_nobody_new(seeker: Browser, runtime: Runtime) -> None:
    await runtime.drain(seconds=0)
    assert await seeker.open()
    assert await seeker.closed() == 4012


async def test_a_message_on_its_way_is_acknowledged_before_the_farewell(
    seeker: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, real = threading.Event(), writer.utterances_send

    def slow(drafts: Any) -> Any:
        assert stored.wait(timeout=10)
        return real(drafts)

    monkeypatch.setattr(writer, "utterances_send", slow)
    await seeker.hello()
    await seeker.say("uid-00001", "Just before.")
    drain = asyncio.create_task(runtime.drain(seconds=0))
    await seeker.listen()
    stored.set()
    code, _last = await farewell(seeker)
    assert code == 4012
    assert [frame["type"] for frame in seeker.heard][-3:] in (
        ["utterances", "ack", "reconnect"],
        ["status", "ack", "reconnect"],
    )
    await drain


@database_sync_to_async
def sign_out(tab: Browser) -> None:
    session_of(tab).delete()


@database_sync_to_async
def change_session(tab: Browser, **data: Any) -> None:
    session = session_of(tab)
    session.session_data = Session.get_session_store_class()().encode(session.get_decoded() | data)
    session.save()


def session_of(tab: Browser) -> Session:
    cookie = dict(tab.socket.scope["headers"])[b"cookie"].decode()
    return Session.objects.get(pk=cookie.partition("=")[2])


@pytest.mark.parametrize("how", ["signed out", "another person's now"])
async def test_a_session_that_no_longer_opens_the_seat_closes_its_sockets(
    pair: Pair, seeker: Browser, supporter: Browser, how: str
) -> None:
    await seeker.hello()
    await supporter.hello()
    if how == "signed out":
        await sign_out(seeker)
    else:
        await change_session(seeker, **{SESSION_KEY: ["somebody-else"]})
    code, _last = await farewell(seeker)
    assert code == 4401
    # The other side goes on, and hears that the partner is no longer there in its own time.
    await supporter.support("uid-00001", "Are you there?")
    assert (await supporter.expect("ack"))["ordinal"] == 1


async def test_a_session_that_changed_otherwise_keeps_its_sockets(
    seeker: Browser, runtime: Runtime, settings: Any
) -> None:
    await seeker.hello()
    await change_session(seeker, language="nl")
    await asyncio.sleep(2.5 * settings.SOCKET_POLL_SECONDS)
    await seeker.send({"type": "ping"})
    await seeker.expect("pong")
