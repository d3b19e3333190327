"""A TCP proxy in front of one or several servers: one port for a stack, and a network that can be made bad."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

CHUNK = 1 << 16
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST


class Mode(StrEnum):
    """What happens to bytes."""

    PASS = "pass"
    STALL = "stall"
    """The connection stands and nothing comes through, as behind a firewall that forgot it."""


class Proxy:
    """Listens on one port and hands each connection to the next upstream that answers."""

    def __init__(self, port: int, upstreams: Sequence[tuple[str, int]]) -> None:
        self.port = port
        self.mode = Mode.PASS
        self.delay_seconds = 0.0
        """Delay of every chunk, ± half of it at random."""
        self._upstreams = itertools.cycle(upstreams)
        self._count = len(upstreams)
        self._open: set[asyncio.StreamWriter] = set()
        self._stalled: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def stall_some(self, share: float, *, seed: int = 1) -> int:
        """Let nothing more through on a share of the open connections; return how many."""
        chosen = [w for w in list(self._open) if random.Random(f"{seed}{id(w)}").random() < share]
        self._stalled.update(chosen)
        return len(chosen)

    def release(self) -> None:
        """Cut the stalled connections; what they held is lost, as on a real network."""
        for writer in list(self._stalled):
            self._loop.call_soon_threadsafe(_reset, writer)
        self._stalled.clear()

    def reset_all(self) -> None:
        """Reset every open connection."""
        for writer in list(self._open):
            self._loop.call_soon_threadsafe(_reset, writer)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await self._connect()
        if upstream is None:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            await asyncio.gather(
                self._pump(reader, upstream[1], client=writer), self._pump(upstream[0], writer, client=writer)
            )
        finally:
            self._open.discard(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _attempt in range(self._count):
            with suppress(OSError):
                return await asyncio.open_connection(*next(self._upstreams))
        return None

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, client: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK):
                while self.mode is Mode.STALL or client in self._stalled:
                    await asyncio.sleep(0.05)
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds * random.uniform(0.5, 1.5))
                sink.write(chunk)
                await sink.drain()
        sink.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
