"""A checkpoint in a process of its own: a crash, or memory that runs out, ends that process and nothing else.

The process is `python -m modeling answer`. One line of JSON each way is one batch. It loads safetensors only, reaches
no network, and ends when this process does.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from modeling.checkpoint_files import weights_digest
from modeling.child import child_environment
from modeling.domain.turns import TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed, ModelingError

START_SECONDS = 90.0
"""Importing, loading and comparing the int8 copy with its original."""
BATCH_SECONDS = 15.0
"""A batch that takes longer hangs: the process is ended and started anew."""
LONGEST_LINE = 4_000_000
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


class Answer(msgspec.Struct, frozen=True):
    """One line of the process: replies, or an error for each request that has none."""

    replies: list[TurnReply | None]
    errors: list[str | None]


class LocalEngine:
    """One process with one checkpoint."""

    def __init__(self, folder: Path, *, weights_sha256: str, numbers: str, threads: int, log: Path) -> None:
        self._folder, self._weights, self._numbers, self._threads = folder, weights_sha256, numbers, threads
        self._log = log
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._unread = b""
        self.info: dict[str, Any] = {}
        """What the process said of itself when it was ready."""

    def warm_up(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            EngineFailed: the checkpoint cannot be served.
        """
        with self._lock:
            self._ready()

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        """Return a reply or an error for each request; the process is started where there is none.

        Raises:
            EngineFailed: the process died, hung, or said what cannot be read.
        """
        with self._lock:
            child = self._ready()
            line = self._exchange(child, msgspec.json.encode(list(requests)) + b"\n")
        try:
            answer = msgspec.json.decode(line, type=Answer)
        except msgspec.MsgspecError as error:
            self.close()
            raise EngineFailed("The model's process answered nonsense.") from error
        pairs = zip(answer.replies, answer.errors, strict=True)
        return [reply or TurnError(error or "The model did not answer.") for reply, error in pairs]

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            # Nothing is lost with it, and a process that hangs hears no polite word.
            child.kill()
            child.wait()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        try:
            found = weights_digest(self._folder)
        except (ModelingError, OSError) as error:
            raise EngineFailed(f"The checkpoint cannot be read: {error}") from error
        if found != self._weights:
            raise EngineFailed("The checkpoint's weights are not those that the agent was made with.")
        self._unread = b""
        child = self._child = self._start()
        line = self._read_line(child, seconds=START_SECONDS)
        with suppress(msgspec.MsgspecError):
            self.info = msgspec.json.decode(line, type=dict[str, Any])
        return child

    def _start(self) -> subprocess.Popen[bytes]:
        arguments = ["answer", "--checkpoint", str(self._folder), "--numbers", self._numbers]
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own words and paths
                [sys.executable, "-m", "modeling", *arguments, "--threads", str(self._threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=child_environment() | OFFLINE | {"OMP_NUM_THREADS": str(self._threads)},
            )

    def _exchange(self, child: subprocess.Popen[bytes], line: bytes) -> bytes:
        assert child.stdin is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
        except OSError as error:
            self.close()
            raise EngineFailed("The model's process has died.") from error
        return self._read_line(child, seconds=BATCH_SECONDS)

    def _read_line(self, child: subprocess.Popen[bytes], *, seconds: float) -> bytes:
        assert child.stdout is not None
        until, fd = time.monotonic() + seconds, child.stdout.fileno()
        while b"\n" not in self._unread:
            left = until - time.monotonic()
            readable = select.select([fd], [], [], max(0.0, left))[0] if left > 0 else []
            block = os.read(fd, 1 << 16) if readable else b""
            self._unread += block
            if not block or len(self._unread) > LONGEST_LINE:
                self.close()
                raise EngineFailed(self._why(timed_out=not readable, seconds=seconds))
        line, self._unread = self._unread.split(b"\n", 1)
        return line

    def _why(self, *, timed_out: bool, seconds: float) -> str:
        if timed_out:
            return f"The model's process did not answer within {seconds:.0f} seconds."
        with suppress(OSError):
            for line in reversed(self._log.read_text(errors="replace").splitlines()[-20:]):
                if line.startswith("modeling answer: "):
                    return line.removeprefix("modeling answer: ")[:200]
        return "The model's process has died."
