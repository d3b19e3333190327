"""The figure of a training that runs."""

from __future__ import annotations

import pytest

from modeling.reports.run_figure import curves_svg

ROWS = [
    {"step": "10", "loss": "5.0", "valid_perplexity": ""},
    {"step": "20", "loss": "4.0", "valid_perplexity": "30.0"},
]


def test_the_same_log_gives_the_same_bytes() -> None:
    first = curves_svg(ROWS)
    assert first.lstrip().startswith(b"<?xml")
    assert b"<script" not in first
    assert curves_svg(ROWS) == first
    assert curves_svg(ROWS[:1]) != first


def test_an_empty_log_gives_no_figure() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        curves_svg([])
