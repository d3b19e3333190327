"""The process that trains or evaluates: a crash, or memory that runs out, ends it and nothing else."""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
OUTPUT = "output.txt"
"""What the processes printed, in the training's folder."""
GRACE_SECONDS = 10
NICENESS = 10
"""Training yields to whoever chats on the same machine."""
TAIL_BYTES = 8192
_SECRETS = ("ESC_", "DATABASE_", "POSTGRES_", "REDIS_", "CELERY_", "DJANGO_")
"""Training reads files only: addresses and keys are not handed on."""

_alive: set[subprocess.Popen[bytes]] = set()


def start_verb(arguments: Sequence[str], *, output: Path, lock: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `python -m modeling` with these arguments; what it prints is added to `output`.

    The child holds `lock` too: as long as it lives, nobody else works in its folder, even if this process dies.
    """
    with output.open("ab") as stream:
        child = subprocess.Popen(  # noqa: S603 - our own words and paths
            [sys.executable, "-m", "modeling", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=child_environment(),
            pass_fds=[lock.fileno()],
        )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
    _alive.add(child)
    return child


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a process, politely first; saved checkpoints are whole at any moment."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _alive.discard(child)


def failure(status: int, *, verb: str, tail: str) -> str:
    """Return why a process ended with `status`, in a sentence; `tail` is the end of what it printed."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    mark = f"modeling {verb}: "
    said = next((line.removeprefix(mark) for line in reversed(lines) if line.startswith(mark)), None)
    if said:
        return said
    if status == -signal.SIGKILL:
        return (
            "The system ended the process, most likely because memory ran out. Free some, or take a run file with a "
            "smaller micro_batch_size; then resume it."
        )
    if status < 0:
        return f"The process was ended by {signal.Signals(-status).name}. It can be resumed."
    last = f": {lines[-1]}" if lines else "."
    return f"The process ended with status {status}{last}"


def read_tail(path: Path, *, since: int = 0) -> str:
    """Return the last text of a file, of what was added after its first `since` bytes."""
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END)
        stream.seek(max(since, end - TAIL_BYTES))
        return stream.read().decode("utf-8", errors="replace")


@contextmanager
def lock_file(folder: Path) -> Iterator[IO[bytes]]:
    """Give the open file by which a training's folder is locked; it is not locked yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as stream:
        yield stream


def try_lock(stream: IO[bytes]) -> bool:
    """Lock the folder unless a process of an earlier attempt still works in it."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def child_environment() -> dict[str, str]:
    """Return what a child may know of the environment: everything but addresses and keys."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    paths = [str(ROOT), str(ROOT / "platform"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


@atexit.register
def _stop_all() -> None:
    # The worker's threads are daemons: when the process ends, nobody else stops their children.
    for child in list(_alive):
        child.terminate()
