"""The load: two people per room, one asyncio process, every message timed from its sending to its partner's screen."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

TAG = re.compile(r"#(\d+)~")
FILL = " the rain has stopped, and I sat on the balcony for a while with a cup of tea"


class Target(Protocol):
    """How to talk to a server."""

    def address(self, room: int, seat: int) -> tuple[str, dict[str, str]]:
        """Return a seat's address and headers."""

    def hello(self) -> str | None:
        """Return the first frame, if the server wants one; it answers with one frame."""

    def frame(self, number: int, text: str, *, seat: int) -> str:
        """Return the frame that says a text."""

    def shown(self, raw: str, *, seat: int) -> str:
        """Return what a frame shows of the partner's messages; "" for everything else."""


@dataclass
class Load:
    """Rooms full of talkers, and what became of their messages."""

    target: Target
    rooms: int
    sockets: dict[tuple[int, int], ClientConnection] = field(default_factory=dict)
    sent_at: dict[int, tuple[float, int, int]] = field(default_factory=dict)
    """By number: when, in which room, from which seat."""
    delays: list[float] = field(default_factory=list)
    sent = delivered = doubled = astray = lost_sockets = 0
    ping_pong = recording = closing = False

    async def connect(self, *, at_once: int = 20) -> None:
        """Take every seat."""
        gate = asyncio.Semaphore(at_once)

        async def sit(room: int, seat: int) -> None:
            async with gate:
                url, headers = self.target.address(room, seat)
                socket = await connect(
                    url, additional_headers=headers, compression=None, ping_interval=None, open_timeout=60
                )
                if hello := self.target.hello():
                    await socket.send(hello)
                await socket.recv()
                self.sockets[room, seat] = socket

        await asyncio.gather(*(sit(room, seat) for room in range(self.rooms) for seat in (0, 1)))
        self._readers = [asyncio.create_task(self._read(s, *place)) for place, s in self.sockets.items()]

    async def close(self) -> None:
        """Leave."""
        self.closing = True
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*(socket.close() for socket in self.sockets.values()), return_exceptions=True)

    async def say(self, room: int, seat: int) -> None:
        """Send the next message from a seat."""
        number = len(self.sent_at) + 1
        self.sent_at[number] = (time.perf_counter(), room, seat)
        self.sent += self.recording
        await self.sockets[room, seat].send(self.target.frame(number, f"#{number}~{FILL}", seat=seat))

    async def _read(self, socket: ClientConnection, room: int, seat: int) -> None:
        seen: set[int] = set()
        try:
            async for raw in socket:
                for tag in TAG.findall(self.target.shown(str(raw), seat=seat)):
                    await self._arrived(int(tag), room, seat, seen)
        except ConnectionClosed:
            pass
        if not self.closing:
            self.lost_sockets += 1

    async def _arrived(self, number: int, room: int, seat: int, seen: set[int]) -> None:
        at, in_room, from_seat = self.sent_at[number]
        if in_room != room or from_seat == seat:
            self.astray += 1
        elif number in seen:
            self.doubled += 1
        else:
            seen.add(number)
            if self.recording:
                self.delivered += 1
                self.delays.append(time.perf_counter() - at)
            if self.ping_pong:
                await self.say(room, seat)

    async def throughput(
        self, *, seconds: float, warm_up: float = 2.0, meter: Callable[[], Any]
    ) -> tuple[float, Any, Any]:
        """Let every room play ping-pong without a pause; return the seconds, and the meter before and after."""
        self.ping_pong = True
        await asyncio.gather(*(self.say(room, 0) for room in range(self.rooms)))
        await asyncio.sleep(warm_up)
        self.recording = True
        before, start = meter(), time.perf_counter()
        await asyncio.sleep(seconds)
        passed, after = time.perf_counter() - start, meter()
        self.recording = self.ping_pong = False
        await asyncio.sleep(1.0)
        return passed, before, after

    async def latency(
        self, *, seconds: float, rate: float, seed: int, meter: Callable[[], Any]
    ) -> tuple[float, Any, Any]:
        """Send at random instants, `rate` a second in all; nobody waits, so a slow server shows as delay."""
        dice = random.Random(seed)
        instants = sorted(dice.uniform(0, seconds) for _number in range(int(rate * seconds)))
        for room in range(min(self.rooms, 50)):
            await self.say(room, 0)
        await asyncio.sleep(1.5)
        self.recording = True
        before, start = meter(), time.perf_counter()
        for number, instant in enumerate(instants):
            if (wait := start + instant - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            await self.say(number % self.rooms, number // self.rooms % 2)
        deadline = time.perf_counter() + 10
        while self.delivered < self.sent and time.perf_counter() < deadline:
            await asyncio.sleep(0.05)
        return time.perf_counter() - start, before, meter()


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that so large a share of the values does not exceed, in milliseconds."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None
