"""Draws the figures of section 5: Figure 3's table, Figures 4 and 5, and feedback by phase.

Equal numbers give equal bytes. Shades run evenly from dark to light (viridis), so that they stay apart in
grey print and for colour-blind eyes; every band is also named where it ends.
Source: Liu et al. 2021, §5.2, Figures 3, 4 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from corpus.labels import ABBREVIATIONS, STRATEGIES
from corpus.strategies import INTERVALS, POINTS, shares
from corpus.tables import Table

FORMATS = ("svg", "pdf", "png")
_STYLE: Any = {  # matplotlib types the keys as one literal union
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.4,
    "svg.hashsalt": "corpus",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}
_NO_DATES: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
_DOTS_PER_INCH = 200
_LABEL_GAP = 0.045
"""Least distance between two band labels, as a share of the axis: one line of text."""
_INK = "#1a1a1a"


def strategy_colours() -> list[tuple[float, float, float, float]]:
    """Return one colour per strategy, from dark to light, without the palest yellow."""
    shade = mpl.colormaps["viridis"]
    return [shade(0.95 * at / (len(STRATEGIES) - 1)) for at in range(len(STRATEGIES))]


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure in every format and return the paths; neither date nor version goes in."""
    paths = []
    with mpl.rc_context(_STYLE):
        for kind in FORMATS:
            path = folder / f"{name}.{kind}"
            figure.savefig(path, format=kind, metadata=_NO_DATES[kind], dpi=_DOTS_PER_INCH)
            paths.append(path)
    return paths


def progress_figure(panels: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Return Figure 4 for one `strategies` document, or Figure 5's comparison for two; titles are the keys."""
    with mpl.rc_context(_STYLE):
        figure = _figure(width=5.2 * len(panels), height=3.6)
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, (title, document) in zip(axes, panels.items(), strict=True):
            _draw_bands(axis, [shares(point["counts"]) for point in document["progress"]])
            if len(panels) > 1:
                axis.set_title(title)
        axes[0].set_ylabel("Share of supporter messages")
        return figure


def _draw_bands(axis: Axes, points: Sequence[Sequence[float]]) -> None:
    # §5.2: the distribution of interval i is drawn at i / 5, and the points are connected.
    at = [point / INTERVALS for point in range(POINTS)]
    bands = [[point[strategy] for point in points] for strategy in range(len(STRATEGIES))]
    axis.stackplot(at, bands, colors=strategy_colours(), edgecolor="white", linewidth=0.8)
    axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="Progress of the conversation")
    axis.set_xticks(at)
    axis.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1, decimals=0))
    _name_bands(axis, [band[-1] for band in bands])


def _name_bands(axis: Axes, ends: Sequence[float]) -> None:
    """Write each strategy beside the end of its band, with a line to it where it had to move."""
    middles, below = [], 0.0
    for end in ends:
        middles.append(below + end / 2)
        below += end
    for label, middle, place in zip(STRATEGIES, middles, spread(middles, gap=_LABEL_GAP), strict=True):
        axis.annotate(
            ABBREVIATIONS[label],
            xy=(1, middle),
            xytext=(1.07, place),
            textcoords="data",
            va="center",
            color=_INK,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": _INK, "linewidth": 0.5, "shrinkA": 1, "shrinkB": 0},
        )


def spread(places: Sequence[float], *, gap: float, top: float = 1.0) -> list[float]:
    """Return rising `places` moved as little as a gap between neighbours and the `top` allow."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    ceiling = top
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - gap
    return moved


def phases_figure(statistics: Mapping[str, Any]) -> Figure:
    """Return the mean feedback of each third of a conversation, with the number of ratings."""
    phases = statistics["feedback_phases"]
    with mpl.rc_context(_STYLE):
        figure = _figure(width=4.2, height=3.2)
        axis = figure.subplots()
        heights = [0 if phase["mean"] is None else phase["mean"] - 1 for phase in phases]
        bars = axis.bar(range(len(phases)), heights, bottom=1, width=0.6, color=strategy_colours()[2])
        names = [
            f"{name}\nn = {phase['n']:,}"
            for name, phase in zip(("First", "Second", "Last"), phases, strict=True)
        ]
        axis.set(ylim=(1, 5), ylabel="Mean feedback (1 to 5)", xlabel="Third of the conversation")
        axis.set_xticks(range(len(phases)), names)
        axis.bar_label(bars, ["" if p["mean"] is None else f"{p['mean']:.2f}" for p in phases], padding=2)
        return figure


def table_figure(table: Table, *, wrap: int = 80) -> Figure:
    """Return a table as a drawing, such as Figure 3's; long last cells run over several lines."""
    rows = [[*row[:-1], _wrapped(row[-1], wrap)] for row in table.shown()]
    lines = [1 + row[-1].count("\n") for row in rows]
    with mpl.rc_context(_STYLE):
        figure = _figure(width=8.4, height=0.19 * sum(lines) + 0.12 * len(rows) + 0.5)
        axis = figure.subplots()
        axis.axis("off")
        height = sum(lines) + 0.6 * len(rows) + 1.6
        axis.set(xlim=(0, 1), ylim=(height, 0))
        places = (0.0, 0.31, 0.37)
        _write_row(axis, table.header, places, 0.6, weight="bold")
        below = 1.6
        for row, count in zip(rows, lines, strict=True):
            axis.axhline(below - 0.3, color=_INK, linewidth=0.4)
            _write_row(axis, row, places, below + 0.3)
            below += count + 0.6
        return figure


def _write_row(
    axis: Axes, row: Sequence[str], places: Sequence[float], at: float, *, weight: str = "normal"
) -> None:
    for cell, place in zip(row, places, strict=True):
        axis.text(place, at, cell, va="top", ha="left", weight=weight, color=_INK, linespacing=1.25)


def _wrapped(text: str, width: int) -> str:
    lines, line = [], ""
    for part in text.split(", "):
        if line and len(line) + len(part) > width:
            lines.append(line + ",")
            line = part
        else:
            line = f"{line}, {part}" if line else part
    return "\n".join([*lines, line])


def _figure(*, width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
