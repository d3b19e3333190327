"""Micro-batches: replies that are wanted at the same time are made together.

Each engine has a thread. A thread that is free takes its share of what waits, after a moment in which more may come;
while it works, the next batch gathers. So nobody waits for a batch to fill.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from modeling.domain.turns import TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed
from modeling.serving.engine import Engine

LARGEST = 32
GATHER_SECONDS = 0.02
TELL_SECONDS = 3.0
"""How often who waits is told that it goes on."""


@dataclass(slots=True, eq=False)
class _Waiting:
    request: TurnRequest
    until: float
    done: threading.Event = field(default_factory=threading.Event)
    outcome: TurnReply | Exception | None = None

    def end(self, outcome: TurnReply | Exception) -> None:
        self.outcome = outcome
        self.done.set()


class Batcher:
    """One queue before one or several equal engines."""

    def __init__(self, engines: Sequence[Engine], *, largest: int = LARGEST) -> None:
        self._engines = list(engines)
        self._largest = largest
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._free = len(self._engines)
        self._closed = False
        self.used_at = time.monotonic()
        """When somebody last asked."""
        self._threads = [
            threading.Thread(target=self._work, args=[engine], name="engine", daemon=True)
            for engine in self._engines
        ]
        for thread in self._threads:
            thread.start()

    def ask(
        self, request: TurnRequest, *, seconds: float, while_waiting: Callable[[], None] = lambda: None
    ) -> TurnReply:
        """Return the reply to one request; `while_waiting` is called every few seconds.

        Raises:
            EngineFailed: there was none within `seconds`, or the engine failed.
        """
        waiting = _Waiting(request=request, until=time.monotonic() + seconds)
        self.used_at = time.monotonic()
        with self._changed:
            if self._closed:
                raise EngineFailed("The engine was stopped.")
            self._queue.append(waiting)
            self._changed.notify()
        while not waiting.done.wait(min(TELL_SECONDS, max(0.0, waiting.until - time.monotonic()))):
            if time.monotonic() >= waiting.until:
                raise EngineFailed(f"The model did not answer within {seconds:.0f} seconds.")
            while_waiting()
        outcome = waiting.outcome
        if isinstance(outcome, TurnReply):
            return outcome
        assert outcome is not None
        raise outcome

    def warm_up(self) -> None:
        """Let the engines get ready in the background; one that cannot says so when it is asked."""
        for engine in self._engines:
            threading.Thread(target=_get_ready, args=[engine], name="warm-up", daemon=True).start()

    def close(self) -> None:
        """Fail what waits and stop the engines."""
        with self._changed:
            self._closed = True
            left = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        for waiting in left:
            waiting.end(EngineFailed("The engine was stopped."))
        for engine in self._engines:
            engine.close()

    def _work(self, engine: Engine) -> None:
        while (batch := self._take()) is not None:
            try:
                self._answer(engine, batch)
            finally:
                with self._changed:
                    self._free += 1

    def _take(self) -> list[_Waiting] | None:
        """Return the next batch, None when closed."""
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            if not self._closed:
                self._changed.wait_for(
                    lambda: self._closed or len(self._queue) >= self._largest, GATHER_SECONDS
                )
            if self._closed:
                return None
            now = time.monotonic()
            # Whoever gave up waiting has gone on without the reply.
            alive = [waiting for waiting in self._queue if waiting.until > now]
            share = min(self._largest, -(-len(alive) // max(1, self._free)))
            self._queue = deque(alive[share:])
            self._free -= 1
            self._changed.notify()
            return alive[:share]

    def _answer(self, engine: Engine, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            replies = engine.respond([waiting.request for waiting in batch])
            if len(replies) != len(batch):
                raise EngineFailed("The engine answered another number of requests than it was asked.")
        except Exception as error:
            for waiting in batch:
                waiting.end(error if isinstance(error, EngineFailed) else EngineFailed(type(error).__name__))
            return
        for waiting, reply in zip(batch, replies, strict=True):
            waiting.end(EngineFailed(reply.sentence) if isinstance(reply, TurnError) else reply)


def _get_ready(engine: Engine) -> None:
    with suppress(EngineFailed):
        engine.warm_up()
