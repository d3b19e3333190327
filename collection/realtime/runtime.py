"""What the sockets of one event loop share: database threads, rooms, writer, and the ear on the channel layer."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings

from collection.realtime.database import DatabaseThreads
from collection.realtime.hub import Hub
from collection.realtime.writer import Writer
from collection.services.utterances import Sent

log = logging.getLogger(__name__)
GROUP = "conversations"
"""One group for all conversations: a process listens once, and nothing has to be joined anew after Redis was away."""
RETRY_SECONDS = 1.0


class Runtime:
    """The parts that belong together in one event loop."""

    def __init__(self) -> None:
        self.threads = DatabaseThreads(settings.DATABASE_THREADS)
        self.hub = Hub(self.threads, poll_seconds=settings.SOCKET_POLL_SECONDS)
        self.writer = Writer(self.threads, after=self._committed)
        self._name = uuid.uuid4().hex
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = False

    def start(self) -> None:
        """Listen for wake-ups from other processes, once."""
        if not self._listening and not settings.EMBEDDED:
            self._listening = True
            self._spawn(self._listen())

    def changed(self, conversation_ids: Sequence[int]) -> None:
        """Wake the rooms here and in other processes."""
        for conversation_id in conversation_ids:
            self.hub.wake(conversation_id)
        self.tell_others({"type": "conversations.changed", "ids": list(conversation_ids)})

    def typing(self, conversation_id: int, role: str) -> None:
        """Show that a side types, here and in other processes."""
        self.hub.typing(conversation_id, role)
        self.tell_others({"type": "typing", "id": conversation_id, "role": role})

    def tell_others(self, event: dict[str, Any]) -> None:
        """Send an event to the other processes; losing it is allowed."""
        if not settings.EMBEDDED:
            self._spawn(self._send(event | {"from": self._name}))

    def _committed(self, sent: Sequence[Sent]) -> None:
        self.hub.committed(sent)
        if sent:
            ids = sorted({item.conversation_id for item in sent})
            self.tell_others({"type": "conversations.changed", "ids": ids})

    def _spawn(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, event: dict[str, Any]) -> None:
        layer = get_channel_layer()
        if layer is None:
            return
        try:
            await layer.group_send(GROUP, event)
        except Exception as error:
            log.warning("A wake-up was not sent: %s", type(error).__name__)

    async def _listen(self) -> None:
        """Hear the other processes, for ever: an outage of the layer costs wake-ups, never a socket."""
        while True:
            try:
                layer = get_channel_layer()
                if layer is None:
                    return
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self._heard(await layer.receive(channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("The channel layer is away (%s); listening again.", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, event: dict[str, Any]) -> None:
        if event.get("from") == self._name:
            return
        if event["type"] == "conversations.changed":
            for conversation_id in event["ids"]:
                self.hub.wake(conversation_id)
        elif event["type"] == "typing":
            self.hub.typing(event["id"], event["role"])


_runtimes: WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = WeakKeyDictionary()


def current() -> Runtime:
    """Return the running event loop's runtime, made at the first call."""
    loop = asyncio.get_running_loop()
    runtime = _runtimes.get(loop)
    if runtime is None:
        runtime = _runtimes[loop] = Runtime()
    runtime.start()
    return runtime


def changed_from_thread(conversation_id: int) -> bool:
    """Wake a conversation's sockets from any thread; return whether this process has an event loop that did it."""
    done = False
    for loop, runtime in list(_runtimes.items()):
        if loop.is_running():
            loop.call_soon_threadsafe(runtime.changed, [conversation_id])
            done = True
    return done
