"""A browser's side of the chat socket, against the ASGI application of this very process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, TypeVar

from channels.testing import WebsocketCommunicator
from django.conf import settings

from collection.realtime import runtime as runtimes
from escplatform.asgi import application
from study.access import SESSION_KEY
from study.models import Participation
from tests.support.factories import STRATEGY

T = TypeVar("T")
WAIT = 10.0
"""Longest wait for a frame, in seconds: far above what a busy machine needs."""
QUIET = 0.4
"""How long a silence is listened to."""


def session_cookie(*public_ids: str) -> str:
    """Store a session that may open these participations; return the Cookie header."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = list(public_ids)
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


class Browser:
    """One tab."""

    def __init__(
        self,
        public_id: str,
        *,
        cookie: str,
        origin: str | None = "http://testserver",
        host: str = "testserver",
    ) -> None:
        headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self.socket = WebsocketCommunicator(application, f"/p/{public_id}/chat/socket/", headers=headers)
        self.heard: list[dict[str, Any]] = []
        """Every frame so far."""

    @classmethod
    def of(cls, participation: Participation | None) -> Browser:
        """A tab of the participation's own browser. Uses the database: call it outside of the event loop."""
        assert participation is not None
        return cls(participation.public_id, cookie=session_cookie(participation.public_id))

    async def open(self) -> bool:
        """Connect; return whether the handshake was accepted."""
        accepted, _subprotocol = await self.socket.connect(timeout=WAIT)
        return bool(accepted)

    async def hello(self, last_ordinal: int = 0) -> dict[str, Any]:
        """Connect and resume; return the welcome."""
        assert await self.open()
        return await self.resume(last_ordinal)

    async def resume(self, last_ordinal: int) -> dict[str, Any]:
        """Say hello on an open socket; return the welcome."""
        await self.send({"type": "hello", "last_ordinal": last_ordinal})
        return await self.expect("welcome")

    async def send(self, frame: dict[str, Any] | str | bytes) -> None:
        """Send a frame, or raw bytes or text."""
        if isinstance(frame, bytes):
            await self.socket.send_to(bytes_data=frame)
        else:
            await self.socket.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))

    async def say(self, uid: str, text: str = "Hello.", *, strategy: str | None = None) -> None:
        """Send an utterance."""
        frame: dict[str, Any] = {"type": "utterance.send", "client_uid": uid, "text": text}
        await self.send(frame | ({"strategy": strategy} if strategy else {}))

    async def support(self, uid: str, text: str = "Hello.") -> None:
        """Send a supporter's utterance."""
        await self.say(uid, text, strategy=STRATEGY)

    async def expect(self, *kinds: str) -> dict[str, Any]:
        """Return the next frame of one of these types; others are only remembered."""
        async with asyncio.timeout(WAIT):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=WAIT))
                self.heard.append(frame)
                if frame["type"] in kinds:
                    return frame

    async def closed(self) -> int:
        """Return the code that the socket is closed with; frames before it are remembered."""
        while True:
            event = await self.socket.receive_output(timeout=WAIT)
            if event["type"] == "websocket.close":
                code: int = event["code"]
                return code
            if event["type"] == "websocket.send":
                self.heard.append(json.loads(event["text"]))

    async def listen(self, seconds: float = QUIET) -> list[dict[str, Any]]:
        """Return the frames that come within a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        found: list[dict[str, Any]] = []
        while (left := end - loop.time()) > 0:
            # Not `receive_from`: its time-out would cancel the application.
            if self.socket.output_queue.empty():
                await asyncio.sleep(min(0.01, left))
            else:
                found.append(json.loads(await self.socket.receive_from()))
        self.heard += found
        return found

    def texts(self) -> list[str]:
        """Return every utterance that was shown, in order of arrival."""
        items = [item for frame in self.heard for item in frame.get("items", frame.get("utterances", []))]
        return [item["text"] for item in items]

    async def leave(self) -> None:
        """Close the tab."""
        await self.socket.disconnect(timeout=WAIT)


class OtherLoop:
    """A second event loop in a thread: what another web process is to the first."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="other-process", daemon=True)
        self._thread.start()

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine over there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    def close(self) -> None:
        """Give everything back."""

        async def stop() -> None:
            await runtimes.current().close()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(timeout=30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
