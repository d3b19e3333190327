"""One writer per process: messages that wait are committed together.

While one batch commits, the next one gathers. At rest a batch is one message and costs nothing extra; under load
one commit serves dozens of rooms. The rules are those of the service, which a single message runs as well.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from collection.realtime import metrics
from collection.realtime.database import DatabaseAway, DatabaseThreads
from collection.services.utterances import Draft, Sent, utterances_send
from study.domain.errors import ApplicationError

log = logging.getLogger(__name__)
MAX_BATCH = 128


class ServiceAway(ApplicationError):
    """The database is away; the message is not stored yet."""

    code = "try_again"
    message = "Not saved yet. Trying again …"
    retry = True


class Writer:
    """Gathers drafts and stores them; `after` is called with what each batch stored, after its commit."""

    def __init__(self, threads: DatabaseThreads, *, after: Callable[[Sequence[Sent]], None]) -> None:
        self._threads = threads
        self._after = after
        self._waiting: deque[tuple[Draft, asyncio.Future[Sent]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def send(self, draft: Draft) -> Sent:
        """Return the stored message, after its commit.

        Raises:
            ApplicationError: why it was refused; `ServiceAway` when it may be sent again.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sent] = loop.create_future()
        arrived = loop.time()
        self._waiting.append((draft, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        try:
            sent = await future
        except ApplicationError as refusal:
            metrics.REFUSED.labels(refusal.code).inc()
            raise
        metrics.ACK_SECONDS.observe(loop.time() - arrived)
        return sent

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            metrics.GROUP_MESSAGES.observe(len(batch))
            outcomes = await self._store([draft for draft, _future in batch])
            self._announce([o for o in outcomes if isinstance(o, Sent) and not o.repeated])
            for (_draft, future), outcome in zip(batch, outcomes, strict=True):
                if future.done():
                    continue  # the socket went away while its message was stored
                if isinstance(outcome, Sent):
                    future.set_result(outcome)
                else:
                    future.set_exception(outcome)

    def _announce(self, sent: Sequence[Sent]) -> None:
        try:
            self._after(sent)
        except Exception:
            # They are stored, so their senders hear so; the rooms find them at the next poll.
            log.exception("%d stored messages were not shown at once.", len(sent))

    async def _store(self, drafts: Sequence[Draft]) -> list[Sent | ApplicationError]:
        try:
            return await self._threads.run(utterances_send, drafts)
        except DatabaseAway:
            return [ServiceAway() for _draft in drafts]
        except Exception:
            if len(drafts) == 1:
                log.exception("A message of conversation %s was not stored.", drafts[0].conversation_id)
                return [ServiceAway()]
            # One message must not take the others down with it.
            return [(await self._store([draft]))[0] for draft in drafts]
