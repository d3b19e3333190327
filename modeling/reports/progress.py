"""What a training shows while it runs: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from modeling.neural.validation import Validation

LINE_EVERY_STEPS = 100
"""Steps between two lines where there is no terminal."""


class Reporter:
    """Shows loss, perplexity, examples per second and the time left."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._console = Console(file=sys.stderr)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        """Show the bar."""
        if not self.quiet:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if not self.quiet:
            self._bar.stop()

    def start(self, *, total: int, done: int) -> None:
        """Say how long the run is and where it resumes."""
        self._bar.update(self._task, total=total, completed=done)
        if done:
            self._say(f"resumed at step {done} of {total}")

    def step(self, step: int, *, loss: float, examples_per_second: float) -> None:
        """Show the newest steps."""
        # Early losses overflow an exponential of no use.
        text = f"loss {loss:.3f}  ppl {math.exp(min(loss, 20)):,.1f}  {examples_per_second:.1f} examples/s"
        self._bar.update(self._task, completed=step, description=text)
        if not self._console.is_terminal and step % LINE_EVERY_STEPS == 0:
            self._say(f"step {step}  {text}")

    def validated(self, step: int, result: Validation, *, better: bool) -> None:
        """Show a validation."""
        strategy = (
            "" if result.strategy_accuracy is None else f"  strategy accuracy {result.strategy_accuracy:.3f}"
        )
        best = "  (best so far)" if better else ""
        self._say(f"step {step}  validation perplexity {result.perplexity:.3f}{strategy}{best}")

    def _say(self, text: str) -> None:
        if not self.quiet:
            self._console.print(text, highlight=False)
