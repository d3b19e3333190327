"""Table 4 in its forms, and samples side by side."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from modeling.__main__ import main
from modeling.domain.results import figures, to_document
from modeling.errors import ScoresUnusable
from modeling.reports.samples import as_html
from modeling.reports.table import as_csv, as_latex, as_text, make_rows
from tests.modeling.evaluations import make_evaluation, make_piece


def better_joint():
    """Return a Joint system whose every piece is likelier than Vanilla's, with the same texts."""
    rng = np.random.default_rng(0)
    pieces = tuple(make_piece(n, nll=10.0 + n + rng.normal() / 10) for n in range(16))
    return make_evaluation(pieces=pieces)


def rows_of(*evaluations):
    return make_rows([(e, figures(e)) for e in evaluations])


def test_vanilla_comes_first_and_significance_is_marked_against_it() -> None:
    rows = rows_of(better_joint(), make_evaluation("vanilla"))
    assert [row.variant for row in rows] == ["Vanilla", "Joint"]
    assert rows[1].marked == {"ppl"}
    ppl = figures(better_joint())["ppl"]
    text = as_text(rows)
    assert f"{ppl.value:.2f}*" in text
    assert "16 pieces of 8 conversations (test)" in text
    assert "Joint - Vanilla" in text


def test_what_was_not_measured_is_a_dash_and_no_number() -> None:
    line = next(
        line for line in as_text(rows_of(make_evaluation("vanilla"))).splitlines() if "Vanilla  " in line
    )
    assert line.split().count("-") == 2  # Extrema without vectors, ACC without strategies


def test_latex_escapes_and_rules() -> None:
    latex = as_latex(
        rows_of(better_joint(), make_evaluation("vanilla"), make_evaluation("vanilla", backbone="other"))
    )
    assert r"blenderbot\_small-90M" in latex
    assert latex.count(r"\midrule") == 2
    assert "$^*$" in latex
    assert all(line.count("&") == 8 for line in latex.splitlines() if line.endswith(r"\\"))


def test_csv_holds_every_metric_with_its_interval() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(rows_of(make_evaluation(), make_evaluation("vanilla"))))))
    assert [row["variant"] for row in rows] == ["vanilla", "joint"]
    assert float(rows[1]["bleu_2_low"]) <= float(rows[1]["bleu_2"]) <= float(rows[1]["bleu_2_high"])
    assert rows[0]["strategy_accuracy"] == ""


def test_int8_is_named() -> None:
    assert rows_of(make_evaluation(engine="int8"))[0].variant == "Joint (int8)"


def test_a_table_of_nothing_is_refused() -> None:
    with pytest.raises(ScoresUnusable, match="at least one"):
        make_rows([])


def test_samples_stand_side_by_side_and_are_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    joint = make_evaluation(pieces=tuple(make_piece(n, hypothesis=nasty) for n in range(16)))
    page = as_html([make_evaluation("vanilla"), joint], limit=4)
    assert page.count("<article>") == 4
    assert nasty not in page
    assert "&lt;script&gt;" in page
    assert "tiny-vanilla (vanilla)" in page
    assert "[Question]" not in page.split("<ol>")[1].split("</ol>")[0]  # a seeker has no strategy


def test_samples_of_different_pieces_are_refused() -> None:
    with pytest.raises(ScoresUnusable, match="same pieces"):
        as_html([make_evaluation(), make_evaluation(count=4)], limit=3)


def test_the_verb_writes_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, evaluation in (("a", better_joint()), ("b", make_evaluation("vanilla"))):
        (tmp_path / name).write_text(json.dumps(to_document(evaluation, figures(evaluation))))
    forms = [f"--{form}={tmp_path / form}" for form in ("text", "latex", "csv", "html")]
    assert main(["table", str(tmp_path / "a"), str(tmp_path / "b"), *forms]) == 0
    assert (tmp_path / "text").read_text() == capsys.readouterr().out
    assert all((tmp_path / form).stat().st_size > 300 for form in ("latex", "csv", "html"))


def test_the_verb_refuses_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").write_text("{}")
    assert main(["table", str(tmp_path / "a")]) == 1
    assert "no evaluation" in capsys.readouterr().err
