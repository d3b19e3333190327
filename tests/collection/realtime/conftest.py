"""One runtime per test, closed before the database is emptied."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from collection.realtime import runtime as runtimes
from collection.realtime.runtime import Runtime
from tests.support.factories import Pair, make_conversation
from tests.support.sockets import Browser, OtherLoop


@pytest.fixture(autouse=True)
def quick(settings: pytest.FixtureRequest, transactional_db: None) -> None:
    """Poll fast enough for a test; commit in earnest."""
    settings.SOCKET_POLL_SECONDS = 0.5  # type: ignore[attr-defined]
    settings.DATABASE_THREADS = 3  # type: ignore[attr-defined]


@pytest.fixture
def pair(quick: None) -> Pair:
    """A conversation that has begun."""
    made = make_conversation()
    for seat in (made.seeker, made.supporter):
        assert seat.participation is not None  # read now: the tests run in an event loop
    return made


@pytest.fixture
def seeker(pair: Pair) -> Browser:
    """The seeker's tab."""
    return Browser.of(pair.seeker.participation)


@pytest.fixture
def supporter(pair: Pair) -> Browser:
    """The supporter's tab."""
    return Browser.of(pair.supporter.participation)


@pytest.fixture(autouse=True)
async def runtime(quick: None) -> AsyncIterator[Runtime]:
    """The test's event loop's runtime. Its threads give their connections back at the end."""
    runtime = runtimes.current()
    yield runtime
    await runtime.close()


@pytest.fixture
def other(quick: None) -> Iterator[OtherLoop]:
    """Another event loop with a runtime of its own."""
    loop = OtherLoop()
    yield loop
    loop.close()
