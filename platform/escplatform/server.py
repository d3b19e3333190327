"""daphne as this platform runs it: small frames, quick notice of peers that are gone, and a way to leave.

daphne knows no draining: on a signal it drops every socket without a close frame. Here a process that is asked to go
takes nobody new, sends its sockets to other processes one after the other, and ends what was asked of it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet import reactor

from collection.domain.frames import MAX_FRAME_BYTES
from collection.realtime import runtime
from escplatform import health
from escplatform.websocket import ChatProtocol

log = logging.getLogger(__name__)
PING_SECONDS = 5
PONG_SECONDS = 5
DRAIN_SECONDS = 2.0
"""Sockets are sent away over so long a time, so that they do not come to the other processes all at once."""
REQUEST_SECONDS = 10.0
"""How long a request that has begun may take to its end."""
SWITCH_SECONDS = 0.001
"""A database thread that has its answer waits at most so long for a busy event loop (Python's default: 5 ms)."""


class WebServer(Server):  # type: ignore[misc]  # daphne has no types
    """daphne that leaves without losing anything."""

    def __init__(self, **options: Any) -> None:
        super().__init__(signal_handlers=False, **options)
        self._ports: list[Any] = []
        self._leaving: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, and leave in good order; a second signal stops at once."""
        reactor.callWhenRunning(self._begin)
        super().run()

    def listen_success(self, port: Any) -> None:
        """Remember the port, to be able to close it."""
        self._ports.append(port)
        super().listen_success(port)

    def _begin(self) -> None:
        self.ws_factory.protocol = ChatProtocol
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_event_loop().add_signal_handler(number, self.leave)

    def leave(self) -> None:
        """Begin to leave; called again, stop at once."""
        if self._leaving is None:
            health.leaving.set()
            self._leaving = asyncio.get_event_loop().create_task(self._leave())
        else:
            self.stop()

    async def _leave(self) -> None:
        try:
            for port in self._ports:
                port.stopListening()
            await runtime.current().drain(seconds=DRAIN_SECONDS)
            await self._requests_end()
        except Exception:
            log.exception("The process does not leave in good order.")
        finally:
            self.stop()

    async def _requests_end(self) -> None:
        """Wait until no request is being answered."""
        end = asyncio.get_running_loop().time() + REQUEST_SECONDS
        while asyncio.get_running_loop().time() < end and any(map(self._answering, self.connections.items())):
            await asyncio.sleep(0.05)

    @staticmethod
    def _answering(connection: tuple[Any, dict[str, Any]]) -> bool:
        protocol, details = connection
        return isinstance(protocol, WebRequest) and "disconnected" not in details


def serve(host: str, port: int) -> None:
    """Run daphne in this thread until it is asked to leave."""
    from escplatform.asgi import application

    sys.setswitchinterval(SWITCH_SECONDS)
    WebServer(
        application=application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        websocket_max_message_size=MAX_FRAME_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        server_name="",
    ).run()
