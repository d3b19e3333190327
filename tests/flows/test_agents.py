"""A model in the supporter's seat on the production set-up: it answers, and its worker's death costs an apology.

Real processes, a real checkpoint, real sockets, kill -9.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.support import stack as stacks
from tests.support.chatter import Chatter
from tests.support.stack import Process, ProductionStack, server_port

pytest.importorskip("torch", reason="the modeling extra is not installed")

SEEKERS = 3
APOLOGY_SECONDS = 25.0


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionStack]:
    """Two daphnes on PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("production")
    with stacks.production(folder, ports=(server_port(), server_port()), redis_port=server_port()) as stack:
        yield stack


def launch_worker(stack: ProductionStack) -> Process:
    options = ["--queues", "supporter", "--pool", "threads", "--concurrency", "8", "--loglevel", "WARNING"]
    return stack.launch("supporter", "-m", "celery", "-A", "escplatform", "worker", *options)


class Seeker:
    """One seeker's socket."""

    def __init__(self, stack: ProductionStack, person: dict[str, str]) -> None:
        self.address = stack.web[0][0]
        self.person = person
        self.frames: list[dict[str, Any]] = []
        self.socket: ClientConnection | None = None

    async def open(self) -> None:
        self.socket = await connect(
            self.address.replace("http", "ws") + f"/p/{self.person['public_id']}/chat/socket/",
            origin=self.address,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Cookie": self.person["cookie"]},
        )
        await self.socket.send(json.dumps({"type": "hello", "last_ordinal": 0}))

    async def say(self, number: int, text: str) -> None:
        assert self.socket is not None
        frame = {"type": "utterance.send", "client_uid": f"message-{number:04}", "text": text}
        await self.socket.send(json.dumps(frame))

    async def hear(self, kind: str, *, seconds: float) -> dict[str, Any]:
        """Return the next frame of a kind."""
        assert self.socket is not None
        async with asyncio.timeout(seconds):
            while True:
                frame = json.loads(await self.socket.recv())
                self.frames.append(frame)
                if frame["type"] == kind and (
                    kind != "utterances" or frame["items"][-1]["role"] == "supporter"
                ):
                    return dict(frame)


@pytest.mark.slow
async def test_the_models_worker_is_killed_in_the_middle(production: ProductionStack) -> None:
    worker = launch_worker(production)
    seated = json.loads(production.run("-m", "tests.support.agent_seed", "seat", str(SEEKERS)))
    seekers = [Seeker(production, person) for person in seated["people"]]
    for seeker in seekers:
        await seeker.open()
        await seeker.say(1, "i am worried about work")
    answers = [await seeker.hear("utterances", seconds=60) for seeker in seekers]
    assert all(answer["items"][-1]["text"] for answer in answers)
    assert any(frame["type"] == "partner.typing" for frame in seekers[0].frames)

    others = [
        Chatter(address=production.web[1][0], messages=40, pause=0.4, **person) for person in seated["pair"]
    ]
    await asyncio.gather(*(side.take_seat() for side in others))
    for side in others:
        side.may_finish.set()
    worker.kill()
    talking = asyncio.gather(*(side.talk(until_shown=80) for side in others))
    began = time.monotonic()
    for seeker in seekers:
        await seeker.say(2, "it is all about work again")
    ends = await asyncio.gather(*(s.hear("ended", seconds=APOLOGY_SECONDS) for s in seekers))
    assert time.monotonic() - began < APOLOGY_SECONDS
    assert {end["reason"] for end in ends} == {"technical"}
    await asyncio.wait_for(talking, 40)
    for side in others:
        assert len(side.acked) == 40

    found = json.loads(production.run("-m", "tests.support.agent_seed", "ended"))
    assert {(seat["state"], seat["reason"], seat["outcome"]) for seat in found} == {
        ("surveying", "technical", "technical_failure")
    }
    assert all(seat["turns"][0] == "sent" for seat in found)
    assert "All 1" in production.audit()
    # No byte that a participant's socket got names the model.
    heard = json.dumps([frame for seeker in seekers for frame in seeker.frames])
    assert [word for word in ("Tiny", "agent:", "joint", "transformers") if word in heard] == []
