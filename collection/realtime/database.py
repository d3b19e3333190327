"""Database work of the sockets, on a few threads of its own.

Channels' `database_sync_to_async` puts all sockets of a process behind one thread and opens a connection per call;
a thread per socket opens a connection per socket. A small pool whose threads keep their connection does neither.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseAway(Exception):
    """The database did not answer. The same work may succeed a moment later."""


class DatabaseThreads:
    """A bounded pool of threads, each with a connection of its own."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="database")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on a thread of the pool.

        Raises:
            DatabaseAway: the connection broke; it is closed and opened anew by the next call.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(_guarded, function, *args, **kwargs))

    def close(self) -> None:
        """Close every thread's connection and the pool."""
        everybody = Barrier(self._size)
        for _thread in range(self._size):
            self._pool.submit(_close_here, everybody)
        self._pool.shutdown(wait=True)


def _guarded(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise DatabaseAway from error


def _close_here(everybody: Barrier) -> None:
    # Nobody leaves before all threads have come, so each of them closes its own.
    everybody.wait(timeout=10)
    connections.close_all()
