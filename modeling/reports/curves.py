"""The figure of a training: loss and validation perplexity by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from modeling.files import disk_full_said


def draw_curves(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Draw a training log's rows into an SVG, PNG or PDF file.

    Raises:
        DiskFull: there is no room.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.subplots()
    left.set_xlabel("optimiser step")
    left.set_ylabel("training loss (nats per token)")
    (loss,) = left.plot(*_series(rows, "loss"), color="tab:blue", linewidth=1, label="training loss")
    right = left.twinx()
    right.set_ylabel("validation perplexity")
    right.set_yscale("log")
    (valid,) = right.plot(
        *_series(rows, "valid_perplexity"),
        color="tab:orange",
        linestyle="--",
        marker="o",
        label="validation perplexity",
    )
    left.legend(handles=[loss, valid], loc="upper right")
    with disk_full_said(path):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _series(rows: Sequence[Mapping[str, str]], column: str) -> tuple[list[int], list[float]]:
    filled = [row for row in rows if row.get(column)]
    return [int(row["step"]) for row in filled], [float(row[column]) for row in filled]
