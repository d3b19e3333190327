"""Shows how far a long pass has come: a moving line on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from corpus.record import Conversation

PLAIN_EVERY = 10_000
"""Conversations between two plain lines: short passes stay silent, a log stays short."""
MOVING_EVERY = 50


class Tracked:
    """Conversations that tell on `stream` how many have passed; as often read anew as their source."""

    def __init__(self, source: Iterable[Conversation], what: str, *, stream: TextIO | None = None) -> None:
        self._source = source
        self._what = what
        self._stream = stream or sys.stderr

    def __iter__(self) -> Iterator[Conversation]:
        return self._moving() if self._stream.isatty() else self._plain()

    def _plain(self) -> Iterator[Conversation]:
        for count, conversation in enumerate(self._source, start=1):
            yield conversation
            if count % PLAIN_EVERY == 0:
                print(f"{self._what}: {count:,} conversations", file=self._stream, flush=True)

    def _moving(self) -> Iterator[Conversation]:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        shown = TextColumn("{task.description}: {task.completed:,} conversations")
        columns = (SpinnerColumn(), shown, TimeElapsedColumn())
        with Progress(*columns, console=Console(file=self._stream), transient=True) as progress:
            task = progress.add_task(self._what, total=None)
            count = 0
            for count, conversation in enumerate(self._source, start=1):
                yield conversation
                if count % MOVING_EVERY == 0:
                    progress.update(task, completed=count)
            progress.update(task, completed=count)
