"""The training log: one CSV row per ten steps and per validation, and its figure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from modeling.files import disk_full_said

COLUMNS = (
    "step",
    "epoch",
    "learning_rate",
    "loss",
    "gradient_norm",
    "examples_per_second",
    "tokens_per_second",
    "valid_perplexity",
    "valid_strategy_nll",
    "valid_strategy_accuracy",
)
"""`loss` is in nats per token, strategy included; the `valid_` columns stand in rows of their own."""


class TrainingLog:
    """A CSV file that grows with the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[Mapping[str, object]] = []

    def write(self, row: Mapping[str, object]) -> None:
        """Add a row; columns that it lacks stay empty."""
        self._rows.append(row)
        self.flush()

    def flush(self) -> None:
        """Append the rows that are not in the file yet.

        Raises:
            DiskFull: there is no room.
        """
        if not self._rows:
            return
        with disk_full_said(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = not self._path.exists()
            with self._path.open("a", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, COLUMNS)
                if new:
                    writer.writeheader()
                writer.writerows(self._rows)
        self._rows = []

    def rewind(self, step: int) -> None:
        """Remove what a killed run wrote after the step that it is resumed from."""
        if self._path.exists():
            kept = [row for row in read_log(self._path) if int(row["step"]) <= step]
            self._path.unlink()
            self._rows = list(kept)
            self.flush()

    def draw(self, path: Path) -> None:
        """Draw the loss and the validation perplexity over the steps."""
        # Imported here: matplotlib takes a second that no other verb should wait for.
        from modeling.reports.curves import draw_curves

        draw_curves(read_log(self._path), path)


def read_log(path: Path) -> list[dict[str, str]]:
    """Return the rows of a log; every value is text, empty where the row has none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
