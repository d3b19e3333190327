"""One runtime per test, closed before the database is emptied."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from collection.realtime import runtime as runtimes
from collection.realtime.runtime import Runtime
from tests.support.factories import Pair, make_conversation
from tests.support.sockets import Browser, OtherLoop


@pytest.fixture(autouse=True)
def quick(settings: Any, transactional_db: None) -> None:
    """Poll fast enough for a test; commit in earnest."""
    settings.SOCKET_POLL_SECONDS = 0.5
    settings.DATABASE_THREADS = 3


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


@pytest.fixture
def channel_layer(request: pytest.FixtureRequest, settings: Any) -> str:
    """What carries wake-ups between processes: "alive", "capacity 1" or "dead"; by default the suite's own."""
    state = getattr(request, "param", "")
    if not state:
        return state
    config: dict[str, Any] = {"hosts": ["redis://127.0.0.1:1/0"]}
    if state != "dead":
        config = {"hosts": [request.getfixturevalue("redis_url")], "prefix": state.replace(" ", "")}
    if state == "capacity 1":
        config["capacity"] = 1
    if state == "alive":
        settings.SOCKET_POLL_SECONDS = 600  # nothing but the wake-ups
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer, "CONFIG": config}}
    return state


@pytest.fixture(autouse=True)
async def runtime(quick: None, channel_layer: str) -> AsyncIterator[Runtime]:
    """The test's event loop's runtime. Its threads give their connections back at the end."""
    runtime = runtimes.current()
    yield runtime
    await runtime.close()


@pytest.fixture
def other(quick: None, channel_layer: str) -> Iterator[OtherLoop]:
    """Another event loop with a runtime of its own."""
    loop = OtherLoop()
    yield loop
    loop.close()
