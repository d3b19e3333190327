"""Conversations through the loss of a server: nothing lost, nothing doubled, nothing out of order.

Real processes, real sockets, kill -9; and the farewell of a server that is asked to go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from tests.support import conversing
from tests.support import stack as stacks
from tests.support.chatter import Chatter
from tests.support.stack import ProductionStack, Stack, server_port

PAIRS, MESSAGES = 4, 20
SECONDS = 100.0


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One process on an SQLite file."""
    with stacks.embedded(tmp_path_factory.mktemp("embedded"), port=server_port()) as stack:
        yield stack


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionStack]:
    """Two daphnes on PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("production")
    with stacks.production(folder, ports=(server_port(), server_port()), redis_port=server_port()) as stack:
        yield stack


async def converse(
    stack: Stack, *, outage: Callable[[], Awaitable[None]], proxied: bool = False
) -> list[Chatter]:
    """Let pairs talk while `outage` happens; return every side when all has been said and seen."""
    return await conversing.converse(
        stack, pairs=PAIRS, messages=MESSAGES, seconds=SECONDS, outage=outage, proxied=proxied
    )


def check_nothing_lost(stack: Stack, sides: list[Chatter]) -> None:
    transcripts: dict[tuple[tuple[int, str], ...], int] = {}
    for side in sides:
        assert len(side.acked) == MESSAGES
        assert [ordinal for ordinal, _text in side.shown] == list(range(1, 2 * MESSAGES + 1))
        mine = [text for _ordinal, text in side.shown if text.startswith(side.role)]
        assert mine == [f"{side.role} {number}" for number in range(MESSAGES)]
        transcript = tuple(side.shown)
        transcripts[transcript] = transcripts.get(transcript, 0) + 1
    assert sum(transcripts.values()) == 2 * PAIRS
    assert all(count % 2 == 0 for count in transcripts.values())
    assert "All 13 rules hold." in stack.audit()


async def test_one_process_is_killed_and_started_again_on_the_same_file(embedded: Stack) -> None:
    _address, web = embedded.web[0]

    async def outage() -> None:
        await asyncio.sleep(1.5)
        web.kill()
        web.start()

    sides = await converse(embedded, outage=outage)
    check_nothing_lost(embedded, sides)
    assert all(side.connections >= 2 for side in sides)
    assert "database is locked" not in embedded.logs()


async def test_one_of_two_web_servers_is_killed(production: ProductionStack) -> None:
    _address, web = production.web[1]

    async def outage() -> None:
        await asyncio.sleep(1.5)
        web.kill()
        web.start()

    sides = await converse(production, outage=outage)
    check_nothing_lost(production, sides)
    assert all(side.connections >= 2 for side in sides if side.role == "supporter")
    assert all(side.connections == 1 for side in sides if side.role == "seeker")


async def test_redis_is_lost_and_comes_back_empty(production: ProductionStack) -> None:
    async def outage() -> None:
        await asyncio.sleep(1.0)
        await asyncio.to_thread(production.redis.stop)
        await asyncio.sleep(2.0)
        await asyncio.to_thread(production.redis.start)

    sides = await converse(production, outage=outage)
    check_nothing_lost(production, sides)
    # Nobody was disconnected and nothing was refused: Redis carries only wake-ups.
    assert all(side.connections == 1 and not side.refusals for side in sides)


async def test_postgresql_is_stopped_in_the_middle_of_its_work_and_comes_back(
    production: ProductionStack,
) -> None:
    async def outage() -> None:
        await asyncio.sleep(1.0)
        await asyncio.to_thread(production.postgres.stop)
        await asyncio.sleep(2.0)
        await asyncio.to_thread(production.postgres.start)

    sides = await converse(production, outage=outage)
    check_nothing_lost(production, sides)
    # What was refused was to be sent again, and nobody lost the socket over it.
    assert {code for side in sides for code in side.refusals} == {"try_again"}
    assert all(side.connections == 1 for side in sides)


async def test_both_web_servers_are_restarted_in_turn(production: ProductionStack) -> None:
    statuses = []

    async def outage() -> None:
        for address, web in production.web:
            await asyncio.sleep(1.0)
            statuses.append(await asyncio.to_thread(web.terminate))
            web.start()
            await asyncio.to_thread(production.wait_until_answered, address)

    sides = await converse(production, outage=outage, proxied=True)
    check_nothing_lost(production, sides)
    # Everybody was told to go elsewhere, and nobody was dropped.
    assert [set(side.closes) for side in sides] == [{4012}] * len(sides), production.logs()
    assert statuses == [0, 0]
