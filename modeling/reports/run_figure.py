"""The figure of a training that still runs, for a page: the same picture for the same log, to the byte."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def curves_svg(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return loss and validation perplexity by step as SVG.

    Raises:
        ValueError: the log has no row yet.
    """
    if not rows:
        raise ValueError("a figure needs at least one row of the log")
    # Imported here: matplotlib takes a second that no other page should wait for.
    import matplotlib as mpl

    from modeling.reports.curves import draw_curves

    # The salt makes the ids inside the file the same at every drawing.
    with tempfile.TemporaryDirectory() as folder, mpl.rc_context({"svg.hashsalt": "modeling"}):
        path = Path(folder) / "loss.svg"
        draw_curves(rows, path)
        return path.read_bytes()
