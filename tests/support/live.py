"""A platform that really runs: the embedded default in a process of its own, on a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

FAST_PROTOCOL = """
name = "esconv-2021-suite"
version = 1
title = "esconv-2021 with gates that open at once"
extends = "esconv-2021"
rehearsal = true

[chat]
finish_min_seeker_turns = 2
finish_min_seconds = 0
presence_seconds = 60

[quality.filter]
min_utterances = 4

[tutorial.exam]
min_seconds_per_item = 0
"""


@dataclass
class Live:
    """A running platform."""

    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py` beside it and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start the process and wait until it answers."""
        port = int(self.url.rsplit(":", 1)[1])
        with (self.folder / "serve.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(port)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        for _attempt in range(300):
            assert self.process.poll() is None, self.log()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError(f"The platform did not start: {self.log()}")

    def stop(self, *, kill: bool = False) -> None:
        """Stop the process, politely or not."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL if kill else signal.SIGTERM)
            self.process.wait(timeout=20)

    def log(self) -> str:
        """Return what the process has logged."""
        return (self.folder / "serve.log").read_text()


@contextmanager
def embedded(folder: Path, *, port: int) -> Iterator[Live]:
    """Serve a fresh embedded platform with the study "suite", whose gates open at once."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment["ESC_VAR"] = str(folder)
    live = Live(url=f"http://127.0.0.1:{port}", folder=folder, environment=environment)
    protocol = folder / "suite.toml"
    protocol.write_text(FAST_PROTOCOL)
    live.manage("migrate", "--verbosity", "0")
    live.manage(
        "study_create", "suite", "--title", "Suite", "--contact", "us", "--protocol", str(protocol), "--demo"
    )
    try:
        live.start()
        yield live
    finally:
        live.stop(kill=True)
