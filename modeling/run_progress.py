"""How far a training is, read from the log that it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest figures of a training."""

    step: int
    """Optimiser steps done."""
    epoch: float
    share: float
    """Of all epochs, 0 to 1."""
    loss: float | None
    """Mean of the last logged steps, in nats per token."""
    examples_per_second: float | None
    valid_perplexity: float | None
    """Of the newest validation."""
    best_perplexity: float | None
    best_step: int | None
    strategy_accuracy: float | None
    """Of the newest validation; None without strategies."""


def read_progress(rows: Sequence[Mapping[str, str]], *, epochs: int) -> Progress | None:
    """Return how far the rows of a training's log go; None where nothing is logged yet."""
    whole = [row for row in rows if row.get("step") and row.get("epoch")]
    if not whole:
        return None
    validations = [row for row in whole if row.get("valid_perplexity")]
    best = min(validations, key=lambda row: float(row["valid_perplexity"]), default=None)
    epoch = max(float(row["epoch"]) for row in whole)
    return Progress(
        step=max(int(row["step"]) for row in whole),
        epoch=epoch,
        share=min(1.0, epoch / epochs) if epochs else 1.0,
        loss=_newest(whole, "loss"),
        examples_per_second=_newest(whole, "examples_per_second"),
        valid_perplexity=_newest(whole, "valid_perplexity"),
        best_perplexity=float(best["valid_perplexity"]) if best else None,
        best_step=int(best["step"]) if best else None,
        strategy_accuracy=_newest(validations, "valid_strategy_accuracy"),
    )


def seconds_left(*, elapsed: float, share_before: float, share: float) -> float | None:
    """Return how long the rest will take at the speed of this attempt; None before it has moved.

    `share_before` is what was done when the attempt began, `elapsed` the seconds since.
    """
    done = share - share_before
    return None if done <= 0 else elapsed * (1 - share) / done


def _newest(rows: Sequence[Mapping[str, str]], column: str) -> float | None:
    return next((float(row[column]) for row in reversed(rows) if row.get(column)), None)
