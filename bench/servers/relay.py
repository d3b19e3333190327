"""The least that a chat server can do: hand each message to the other side, after storing it or not.

    python -m bench.servers.relay PORT                     in memory
    python -m bench.servers.relay PORT DSN insert          one INSERT and commit per message, eight connections
    python -m bench.servers.relay PORT DSN group           one INSERT and commit for all messages that wait

No sessions, no rules, no order, no resends: what is measured above it is what those cost.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Save = Callable[[str, int, str], Awaitable[None]]
TABLE = "CREATE TABLE IF NOT EXISTS relay (id bigserial PRIMARY KEY, room text, seat int, body text, at timestamptz DEFAULT now())"
CONNECTIONS = 8


async def in_memory(_room: str, _seat: int, _body: str) -> None:
    """Store nothing."""


async def insert_each(dsn: str) -> Save:
    """Return a function that stores one message in a transaction of its own."""
    pool = await asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    await pool.execute(TABLE)

    async def save(room: str, seat: int, body: str) -> None:
        await pool.execute("INSERT INTO relay (room, seat, body) VALUES ($1, $2, $3)", room, seat, body)

    return save


async def insert_waiting(dsn: str) -> Save:
    """Return a function that stores its message with all others that wait."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    statement = await connection.prepare(
        "INSERT INTO relay (room, seat, body) SELECT * FROM unnest($1::text[], $2::int[], $3::text[])"
    )
    waiting: list[tuple[tuple[str, int, str], asyncio.Future[None]]] = []
    something = asyncio.Event()

    async def write() -> None:
        while True:
            await something.wait()
            something.clear()
            batch, waiting[:] = waiting[:], []
            await statement.fetch(
                *(list(column) for column in zip(*(row for row, _done in batch), strict=True))
            )
            for _row, done in batch:
                done.set_result(None)

    async def save(room: str, seat: int, body: str) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(((room, seat, body), done))
        something.set()
        await done

    save.task = asyncio.create_task(write())  # type: ignore[attr-defined]  # kept, so that it is not collected
    return save


def relay(save: Save) -> Callable[[ServerConnection], Awaitable[None]]:
    """Return the handler of one connection: /ROOM/SEAT."""
    rooms: dict[str, dict[int, Any]] = {}

    async def handle(socket: ServerConnection) -> None:
        assert socket.request is not None
        _empty, room, seat_text = socket.request.path.split("/")
        seat = int(seat_text)
        rooms.setdefault(room, {})[seat] = socket
        await socket.send('{"ready": true}')
        try:
            async for raw in socket:
                message = json.loads(raw)
                await save(room, seat, message["body"])
                partner = rooms[room].get(1 - seat)
                if partner is not None:
                    await partner.send(json.dumps({"body": message["body"]}))
                await socket.send(json.dumps({"ack": message["id"]}))
        except ConnectionClosed:
            pass

    return handle


async def main(port: int, dsn: str = "", how: str = "memory") -> None:
    """Serve until killed."""
    save: Save = in_memory
    if how == "insert":
        save = await insert_each(dsn)
    elif how == "group":
        save = await insert_waiting(dsn)
    async with serve(relay(save), "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), *sys.argv[2:]))
