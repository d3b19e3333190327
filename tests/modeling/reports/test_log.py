"""The training log and its figure."""

from __future__ import annotations

from pathlib import Path

from modeling.reports.curves import draw_curves
from modeling.reports.log import TrainingLog, read_log


def test_rows_are_appended_and_missing_columns_stay_empty(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.write({"step": 10, "loss": 2.5})
    TrainingLog(tmp_path / "log.csv").write({"step": 10, "valid_perplexity": 9.0})
    rows = read_log(tmp_path / "log.csv")
    assert [(r["step"], r["loss"], r["valid_perplexity"]) for r in rows] == [
        ("10", "2.5", ""),
        ("10", "", "9.0"),
    ]


def test_a_resumed_run_drops_what_it_will_write_again(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    for step in (10, 20, 30):
        log.write({"step": step, "loss": 1.0})
    log.rewind(20)
    assert [row["step"] for row in read_log(tmp_path / "log.csv")] == ["10", "20"]


def test_the_figure_shows_both_curves_and_is_the_same_for_the_same_log(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.write({"step": 10, "loss": 2.5})
    log.write({"step": 10, "valid_perplexity": 9.0})
    log.draw(tmp_path / "loss.svg")
    drawn = (tmp_path / "loss.svg").read_text()
    for text in ("optimiser step", "training loss", "validation perplexity"):
        assert text in drawn
    draw_curves(read_log(tmp_path / "log.csv"), tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes()[:4] == b"\x89PNG"


def test_no_log_has_no_rows(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none.csv") == []
