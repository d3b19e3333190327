"""The servers that the load is put on: how each is started, and how it is talked to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.load import Target

ROOT = Path(__file__).resolve().parents[1]
KEY = "a-key-for-benchmarks-on-this-machine-and-nothing-else"


@dataclass(frozen=True, slots=True)
class Servers:
    """What the targets share."""

    postgres_host: str
    redis_url: str
    folder: Path

    @property
    def dsn(self) -> str:
        """The database's address for asyncpg."""
        return f"postgresql://postgres@/postgres?host={self.postgres_host}"


@dataclass(frozen=True, slots=True)
class Spec:
    """A target that can be started."""

    command: list[str]
    prepare: Callable[[int], Target]
    """Makes so many rooms; returns how to talk to them."""
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relay:
    """The bare relay."""

    port: int

    def address(self, room: int, seat: int) -> tuple[str, dict[str, str]]:
        """See `Target`."""
        return f"ws://127.0.0.1:{self.port}/{room}/{seat}", {}

    def hello(self) -> str | None:
        """See `Target`."""
        return None

    def frame(self, number: int, text: str, *, seat: int) -> str:
        """See `Target`."""
        return json.dumps({"id": number, "body": text})

    def shown(self, raw: str, *, seat: int) -> str:
        """See `Target`."""
        return str(json.loads(raw).get("body", ""))


@dataclass(frozen=True, slots=True)
class Textbook:
    """The textbook consumer: it shows a message to its sender as well."""

    port: int

    def address(self, room: int, seat: int) -> tuple[str, dict[str, str]]:
        """See `Target`."""
        return f"ws://127.0.0.1:{self.port}/{room}/{seat}", {}

    def hello(self) -> str | None:
        """See `Target`."""
        return None

    def frame(self, number: int, text: str, *, seat: int) -> str:
        """See `Target`."""
        return json.dumps({"message": text})

    def shown(self, raw: str, *, seat: int) -> str:
        """See `Target`."""
        frame = json.loads(raw)
        return "" if frame.get("seat") == seat else str(frame.get("message", ""))


@dataclass(frozen=True, slots=True)
class Platform:
    """This platform: every rule in force."""

    port: int
    rooms: list[list[dict[str, str]]]

    def address(self, room: int, seat: int) -> tuple[str, dict[str, str]]:
        """See `Target`."""
        place = self.rooms[room][seat]
        own = f"127.0.0.1:{self.port}"
        return f"ws://{own}/p/{place['public_id']}/chat/socket/", {
            "Cookie": place["cookie"],
            "Origin": f"http://{own}",
        }

    def hello(self) -> str | None:
        """See `Target`."""
        return '{"type": "hello", "last_ordinal": 0}'

    def frame(self, number: int, text: str, *, seat: int) -> str:
        """See `Target`."""
        frame = {
            "type": "utterance.send",
            "client_uid": f"bench-{number:08}",
            "text": text,
            "compose_ms": 4000,
            "key_count": 60,
        }
        return json.dumps(frame | ({"strategy": "question"} if seat == 1 else {}))

    def shown(self, raw: str, *, seat: int) -> str:
        """See `Target`."""
        frame = json.loads(raw)
        if frame["type"] == "refused":
            raise RuntimeError(frame["message"])
        return " ".join(item["text"] for item in frame.get("items", ()) if not item.get("own"))


def relay(how: str) -> Callable[[Servers, int], Spec]:
    """Return the bare relay that stores as `how` says."""

    def spec(running: Servers, port: int) -> Spec:
        arguments = [] if how == "memory" else [running.dsn, how]
        return Spec(["-m", "bench.servers.relay", str(port), *arguments], lambda _rooms: Relay(port))

    return spec


def textbook(*, keep: bool) -> Callable[[Servers, int], Spec]:
    """Return the textbook consumer, with or without kept connections."""

    def spec(running: Servers, port: int) -> Spec:
        environment = {"BENCH_HOST": running.postgres_host, "BENCH_REDIS": running.redis_url}
        if keep:
            environment["BENCH_KEEP"] = "1"
        return Spec(["-m", "bench.servers.textbook", str(port)], lambda _rooms: Textbook(port), environment)

    return spec


def platform(running: Servers, port: int) -> Spec:
    """Return this platform in production's settings: one web process."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "escplatform.settings.production",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        "DATABASE_URL": f"postgresql://postgres@{running.postgres_host.replace('/', '%2F')}/postgres",
        "REDIS_URL": running.redis_url,
        "ESC_VAR": str(running.folder),
        "ESC_SECRET_KEY": KEY,
        "ESC_IDENTITY_KEY": KEY[::-1],
        "ESC_ALLOWED_HOSTS": "127.0.0.1",
        "ESC_INSECURE_HTTP": "1",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return done.stdout

    def prepare(rooms: int) -> Target:
        run("manage.py", "migrate", "--verbosity", "0")
        run("manage.py", "flush", "--no-input", "--verbosity", "0")  # what an earlier run left
        made: list[list[dict[str, Any]]] = json.loads(run("-m", "bench.seed", str(rooms)))
        return Platform(port, made)

    return Spec(["manage.py", "web", "--port", str(port)], prepare, environment)


TARGETS: dict[str, Callable[[Servers, int], Spec]] = {
    "platform": platform,
    "relay-insert": relay("insert"),
    "relay-group": relay("group"),
    "relay-memory": relay("memory"),
    "textbook": textbook(keep=False),
    "textbook-kept": textbook(keep=True),
}
