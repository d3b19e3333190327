"""What the sockets of one event loop share: database threads, rooms, writer, and the ear on the channel layer."""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings

from collection.events import GROUP, waker_register
from collection.realtime.burst import Bursts
from collection.realtime.database import DatabaseAway, DatabaseThreads
from collection.realtime.hub import Hub
from collection.realtime.sessions import Visitor, sessions_read, shut_out
from collection.realtime.writer import Writer
from collection.services.program_turns import partner_note_typing
from collection.services.utterances import Sent

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
SEND_SECONDS = 5.0
RECONNECT_MS = 500
"""Who is sent away knocks at another server after at most so long, each after a time of its own."""
FAREWELL_SECONDS = 5.0
"""How long the last answers may take when the process leaves."""


class Guest(Visitor, Protocol):
    """What the runtime needs of a socket."""

    def retire(self, *, after_ms: int) -> None: ...
    def sign_out(self) -> None: ...


class Runtime:
    """The parts that belong together in one event loop."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads(settings.DATABASE_THREADS)
        self.hub = Hub(self.threads, poll_seconds=settings.SOCKET_POLL_SECONDS)
        self.writer = Writer(self.threads, after=self._committed)
        self.bursts = Bursts()
        self._name = uuid.uuid4().hex
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self.listening = asyncio.Event()
        """Set while this process hears the others."""
        self._changed: set[int] = set()
        """Conversations that other processes have not been told of."""
        self._typing: set[tuple[int, str]] = set()
        self._telling = False
        self._away = False
        self.sockets: set[Guest] = set()
        self.draining = False
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen for wake-ups from other processes, once."""
        if not self._started and not settings.EMBEDDED:
            self._started = True
            self._spawn(self._listen())

    def enter(self, socket: Guest) -> None:
        """Take a socket in. It takes itself out of `sockets` when it ends."""
        self.sockets.add(socket)
        if self.draining:  # it was on its way in when the others were sent away
            socket.retire(after_ms=RECONNECT_MS)
        if self._watch is None or self._watch.done():
            self._watch = self._spawn(self._watch_sessions())

    async def drain(self, *, seconds: float) -> None:
        """Take no new sockets and send away those that are here, spread over a time; return when they are gone."""
        self.draining = True
        leaving = list(self.sockets)
        random.shuffle(leaving)
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, socket in enumerate(leaving):
            if (wait := start + seconds * number / len(leaving) - loop.time()) > 0:
                await asyncio.sleep(wait)
            socket.retire(after_ms=random.randrange(RECONNECT_MS))  # noqa: S311
        end = loop.time() + FAREWELL_SECONDS
        while self.sockets and loop.time() < end:
            await asyncio.sleep(0.02)

    def changed(self, conversation_ids: Iterable[int]) -> None:
        """Wake the rooms here and in other processes."""
        for conversation_id in conversation_ids:
            self.hub.wake(conversation_id)
            self._changed.add(conversation_id)
        self._tell_others()

    def typing(self, conversation_id: int, role: str) -> None:
        """Show that a side types, here and in other processes, and to a program by a row."""
        if self.hub.typing(conversation_id, role):
            self._spawn(self._note_typing(conversation_id, role, at=self.hub.now()))
        self._typing.add((conversation_id, role))
        self._tell_others()

    async def _note_typing(self, conversation_id: int, role: str, *, at: datetime) -> None:
        with suppress(DatabaseAway):  # the next keystrokes are noted again
            await self.threads.run(partner_note_typing, conversation_id, role, at=at)

    async def close(self) -> None:
        """Stop everything and give the database connections back."""
        self.hub.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self.threads.close)

    def _committed(self, sent: Sequence[Sent]) -> None:
        self.hub.committed(sent)
        self._changed.update(item.conversation_id for item in sent)
        self._tell_others()

    def _tell_others(self) -> None:
        """Send what the other processes should look at; losing it is allowed.

        One event at a time: while it is on its way, the next one gathers.
        """
        if settings.EMBEDDED:
            self._changed.clear()
            self._typing.clear()
        elif (self._changed or self._typing) and not self._telling:
            self._telling = True
            self._spawn(self._tell())

    def _spawn(self, coroutine: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _watch_sessions(self) -> None:
        """Close the sockets whose session is over, was emptied, or lost the seat."""
        while self.sockets:
            await asyncio.sleep(settings.SOCKET_POLL_SECONDS)
            try:
                keys = {socket.session_key for socket in self.sockets}
                stored = await self.threads.run(sessions_read, keys)
                # Who came while this was read is not in it.
                known = [socket for socket in self.sockets if socket.session_key in keys]
                for socket in shut_out(known, stored):
                    socket.sign_out()
            except DatabaseAway:
                log.warning("The database is away; the sessions are looked at later.")
            except Exception:
                log.exception("The sessions were not looked at.")

    async def _tell(self) -> None:
        try:
            while self._changed or self._typing:
                event = {
                    "type": "conversations.changed",
                    "from": self._name,
                    "ids": sorted(self._changed),
                    "typing": sorted(self._typing),
                }
                self._changed.clear()
                self._typing.clear()
                await self._send(event)
        finally:
            self._telling = False

    async def _send(self, event: dict[str, Any]) -> None:
        layer = get_channel_layer()
        if layer is None:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await layer.group_send(GROUP, event)
            self._layer_is_back()
        except Exception as error:
            self._layer_is_away(error)

    def _layer_is_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            log.warning("The channel layer is away (%s); rooms find news by polling.", type(error).__name__)

    def _layer_is_back(self) -> None:
        if self._away:
            self._away = False
            log.warning("The channel layer is back.")

    async def _listen(self) -> None:
        """Hear the other processes, for ever: an outage of the layer costs wake-ups, never a socket."""
        while True:
            try:
                layer = get_channel_layer()
                if layer is None:
                    return
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                self.listening.set()
                while True:
                    self._heard(await layer.receive(channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.listening.clear()
                self._layer_is_away(error)
                await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, event: dict[str, Any]) -> None:
        if event.get("from") == self._name:
            return
        for conversation_id in event["ids"]:
            self.hub.wake(conversation_id)
        for conversation_id, role in event.get("typing", ()):
            self.hub.typing(conversation_id, role)


_runtimes: WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = WeakKeyDictionary()


def current() -> Runtime:
    """Return the running event loop's runtime, made at the first call."""
    loop = asyncio.get_running_loop()
    runtime = _runtimes.get(loop)
    if runtime is None:
        runtime = _runtimes[loop] = Runtime()
        waker_register(loop, runtime.changed, runtime.typing)
    runtime.start()
    return runtime
