"""The rooms of one process: which sockets look at which conversation, and what each of them knows.

Three things keep a room true: what this process's writer just committed (delivered at once, without a query),
a wake-up from another process (the rest is read), and a poll that finds whatever a lost wake-up missed.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from collection.models import Seat
from collection.realtime import metrics
from collection.realtime.database import DatabaseAway, DatabaseThreads
from collection.realtime.facts import RoomFacts, facts_read, resume_read, utterances_read
from collection.realtime.rooms import Listener, Room
from collection.services.utterances import Sent
from study.clock import database_now
from study.models.participant import Role

log = logging.getLogger(__name__)
SLICES = 10
"""A poll period is cut into so many slices, so that a thousand rooms do not stop the loop at once."""
PRESENCE_EVERY = 2
"""Signs of life are stored at every second poll of a room."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a socket needs to go on from where it was."""

    room: Room
    sent: Sequence[Sent]
    reload: bool
    """The socket named an ordinal that does not exist."""


class Hub:
    """All rooms of one event loop."""

    def __init__(self, threads: DatabaseThreads, *, poll_seconds: float) -> None:
        self._threads = threads
        self._poll_seconds = poll_seconds
        self._rooms: dict[int, Room] = {}
        self._offset = timedelta(0)
        """The database's clock minus this machine's."""
        self._refreshing: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._poller: asyncio.Task[None] | None = None
        self._readings = itertools.count(1)

    def now(self) -> datetime:
        """Return the database's time, as of the last reading of its clock."""
        return datetime.fromtimestamp(time.time(), tz=UTC) + self._offset

    @property
    def rooms(self) -> dict[int, Room]:
        """Rooms by conversation id."""
        return self._rooms

    async def join(self, conversation_id: int, listener: Listener, *, after: int) -> Resumed | None:
        """Let a socket listen; return its room and what was said after an ordinal, or None: no such conversation.

        First listen, then read: what is committed in between is in the room's facts, in the reading, or in both.
        """
        room = self._rooms.get(conversation_id)
        if room is None:
            facts = await self._facts([conversation_id])
            if conversation_id not in facts:
                return None
            room = self._rooms.setdefault(conversation_id, Room(facts[conversation_id]))
        room.listeners.add(listener)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll_forever())
        reading = next(self._readings)
        read = await self._threads.run(resume_read, conversation_id, after=after)
        found, database_time, sent, unknown = read
        self._set_clock(database_time)
        if found is not None:
            room.accept(found, reading=reading)
        return Resumed(room=room, sent=sent, reload=unknown)

    def leave(self, conversation_id: int, listener: Listener) -> None:
        """Let a socket go."""
        room = self._rooms.get(conversation_id)
        if room is not None:
            room.listeners.discard(listener)
            if not room.listeners:
                self._rooms.pop(conversation_id, None)

    def close(self) -> None:
        """Stop polling and reading."""
        for task in (self._poller, *self._refreshing.values()):
            if task is not None:
                task.cancel()

    def committed(self, sent: Sequence[Sent]) -> None:
        """Deliver what this process's writer just committed."""
        now = self.now()
        for item in sent:
            room = self._rooms.get(item.conversation_id)
            if room is None:
                continue
            new_turn = room.apply(item)
            if not room.deliver([item]):
                self.wake(item.conversation_id)
            if item.cards:
                room.show_news(now)
            elif new_turn or item.asked is not None:
                room.show_news(now, roles=[Role.SEEKER])

    def typing(self, conversation_id: int, role: str) -> bool:
        """Show that a side types, to the other side; return whether the other side is a program, which has no socket."""
        room = self._rooms.get(conversation_id)
        if room is None:
            return False
        room.typed.add(role)
        for listener in room.listeners:
            if listener.role != role:
                listener.show_typing()
        return any(not seat.human for other, seat in room.facts.seats.items() if other != role)

    def wake(self, conversation_id: int) -> None:
        """Read what changed in a conversation. Wakes that come while one reads lead to one more reading."""
        if conversation_id not in self._rooms:
            return
        if conversation_id in self._refreshing:
            self._again.add(conversation_id)
            return
        self._refreshing[conversation_id] = asyncio.create_task(self._refresh_until_quiet(conversation_id))

    async def _refresh_until_quiet(self, conversation_id: int) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                if await self._refresh([conversation_id]):
                    metrics.CAUGHT_UP.labels("wake").inc()
                if conversation_id not in self._again:
                    return
        except DatabaseAway:
            return  # the poll comes back to it
        except Exception:
            log.exception("Conversation %s was not read; the poll comes back to it.", conversation_id)
        finally:
            # Here, not in a callback of the task: a wake between the two would find nobody to heed it.
            self._refreshing.pop(conversation_id, None)

    async def _refresh(self, ids: Sequence[int]) -> int:
        """Read conversations and show what is new; return how many had messages that somebody had not seen."""
        missed = 0
        reading = next(self._readings)
        found = await self._facts(ids)
        for conversation_id, facts in found.items():
            room = self._rooms.get(conversation_id)
            if room is None:
                continue
            if not room.accept(facts, reading=reading):
                self.wake(conversation_id)  # something happened while this was read
                continue
            missed += await self._catch_up(conversation_id, room)
            room.show_news(self.now())
        return missed

    async def _catch_up(self, conversation_id: int, room: Room) -> bool:
        """Show what listeners have missed; return whether they had missed anything."""
        behind = [x.last_ordinal for x in room.listeners if x.last_ordinal < room.facts.last_ordinal]
        if behind:
            room.deliver(await self._threads.run(utterances_read, conversation_id, after=min(behind)))
        return bool(behind)

    async def _facts(self, ids: Sequence[int]) -> dict[int, RoomFacts]:
        facts, database_time = await self._threads.run(facts_read, ids)
        self._set_clock(database_time)
        return facts

    def _set_clock(self, database_time: datetime) -> None:
        self._offset = database_time - datetime.fromtimestamp(time.time(), tz=UTC)

    async def _poll_forever(self) -> None:
        turn = 0
        while self._rooms:
            # Jitter keeps the processes of a deployment apart.
            await asyncio.sleep(self._poll_seconds / SLICES * random.uniform(0.8, 1.2))  # noqa: S311
            turn += 1
            ids = [i for i in self._rooms if i % SLICES == turn % SLICES]
            if not ids:
                continue
            try:
                await self._threads.run(_presence_store, *self._signs_of_life(ids))
                if missed := await self._refresh(ids):
                    metrics.CAUGHT_UP.labels("poll").inc(missed)
            except DatabaseAway:
                log.warning("The database is away; %d rooms wait for it.", len(self._rooms))
            except Exception:
                log.exception("A poll of %d rooms failed; the next one tries again.", len(ids))

    def _signs_of_life(self, ids: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the seats whose browsers are here, and those of them that typed."""
        present: list[int] = []
        typed: list[int] = []
        for conversation_id in ids:
            room = self._rooms[conversation_id]
            room.polls += 1
            here = {listener.role: listener.seat_id for listener in room.listeners}
            if room.polls % PRESENCE_EVERY == 1:
                present += here.values()
            typed += [here[role] for role in room.typed if role in here]
            room.typed.clear()
        return present, typed


def _presence_store(present: Sequence[int], typed: Sequence[int]) -> None:
    if not present and not typed:
        return
    now = database_now()
    with transaction.atomic():
        Seat.objects.filter(pk__in=_unlocked(present)).update(seen_at=now)
        Seat.objects.filter(pk__in=_unlocked(typed)).update(active_at=now, seen_at=now)


def _unlocked(seats: Sequence[int]) -> list[int]:
    # A locked seat is being written by a message, which is a sign of life as well; waiting for many of them
    # in another order than the writer would be a deadlock.
    rows = Seat.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=seats)
    return list(rows.values_list("pk", flat=True)) if seats else []
