"""Table 4 of several evaluations: text, LaTeX and CSV, with intervals and paired tests.

Source: Liu et al. 2021, Table 4. Beside the paper's columns stand those that later papers report.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from modeling.domain.intervals import Estimate
from modeling.domain.pairing import PairedTest, comparable, paired_tests
from modeling.domain.results import Evaluation, Figures
from modeling.errors import ScoresUnusable


@dataclass(frozen=True, slots=True)
class Column:
    """A metric of the table."""

    metric: str
    title: str
    scale: float
    """What the share of 1 is multiplied by; 1 for perplexities."""
    decimals: int


COLUMNS = (
    Column("ppl", "PPL", 1, 2),
    Column("bleu_2", "B-2", 100, 2),
    Column("rouge_l", "R-L", 100, 2),
    Column("extrema", "Extrema", 100, 2),
    Column("distinct_1", "D-1", 100, 2),
    Column("distinct_2", "D-2", 100, 2),
    Column("strategy_accuracy", "ACC", 100, 2),
)

SIGNIFICANT = 0.05
MARK = "*"

NOTES = (
    "Intervals: 95 %, bootstrap over conversations. "
    f"{MARK}: differs from Vanilla of the same backbone, paired t-test, p < .05.",
    "PPL: response and end tokens, strategy excluded; not comparable across backbones. "
    "Joint and Oracle share it, for it is measured with the gold strategy.",
    "ACC: most likely strategy is the gold one. Extrema: only where word vectors were given.",
)


@dataclass(frozen=True)
class System:
    """A row of the table."""

    evaluation: Evaluation
    figures: Figures
    marked: frozenset[str]
    """Metrics that differ from Vanilla's of the same backbone."""

    @property
    def variant(self) -> str:
        """The variant as the paper writes it, with the engine where it is not fp32."""
        engine = "" if self.evaluation.engine == "fp32" else f" ({self.evaluation.engine})"
        return self.evaluation.variant.capitalize() + engine


def make_rows(evaluations: Sequence[tuple[Evaluation, Figures]]) -> list[System]:
    """Return the rows by backbone, Vanilla first, with marks against it.

    Raises:
        ScoresUnusable: there is no evaluation.
    """
    if not evaluations:
        raise ScoresUnusable("A table needs at least one evaluation.")
    order = {"vanilla": 0, "joint": 1, "oracle": 2, "random": 3}
    ordered = sorted(evaluations, key=lambda pair: (pair[0].backbone, order.get(pair[0].variant, 9)))
    vanilla = {e.backbone: e for e, _ in ordered if e.variant == "vanilla"}
    return [System(evaluation=e, figures=f, marked=_marks(e, vanilla.get(e.backbone))) for e, f in ordered]


def _marks(evaluation: Evaluation, vanilla: Evaluation | None) -> frozenset[str]:
    if vanilla is None or vanilla is evaluation or not comparable(evaluation, vanilla):
        return frozenset()
    return frozenset(t.metric for t in paired_tests(evaluation, vanilla) if t.p_t < SIGNIFICANT)


def as_text(rows: Sequence[System]) -> str:
    """Return the table for a terminal, the tests below it."""
    header = ["Backbone", "Variant", *(column.title for column in COLUMNS)]
    cells = [[s.evaluation.backbone, s.variant, *(_cell(s, c) for c in COLUMNS)] for s in rows]
    spans = [["", "", *(_interval(s, c) for c in COLUMNS)] for s in rows]
    lines = [header, *(line for pair in zip(cells, spans, strict=True) for line in pair)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    drawn = [
        "  ".join(
            cell.ljust(w) if i < 2 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    rule = "-" * len(drawn[0])
    pieces = rows[0].evaluation.pieces
    about = f"{len(pieces):,} pieces of {len({p.conversation for p in pieces}):,} conversations ({rows[0].evaluation.part})"
    return "\n".join(
        [drawn[0], rule, *(d.rstrip() for d in drawn[1:]), rule, about, *NOTES, *tests_text(rows), ""]
    )


def tests_text(rows: Sequence[System]) -> list[str]:
    """Return a line per paired test of two systems of one backbone."""
    lines = []
    for i, one in enumerate(rows):
        for other in rows[i + 1 :]:
            if one.evaluation.backbone == other.evaluation.backbone and comparable(
                one.evaluation, other.evaluation
            ):
                found = paired_tests(other.evaluation, one.evaluation)
                lines += [_test_line(f"{other.variant} - {one.variant}", test) for test in found]
    return ["", "Paired tests within a backbone:", *lines] if lines else []


def _test_line(names: str, test: PairedTest) -> str:
    column = next(c for c in COLUMNS if c.metric == test.metric)
    low, value, high = (
        x * column.scale for x in (test.difference.low, test.difference.value, test.difference.high)
    )
    return (
        f"  {names:<18} {column.title:<4} {value:+8.3f} [{low:+.3f}, {high:+.3f}]  "
        f"t-test p = {test.p_t:.4f}, bootstrap p = {test.p_bootstrap:.4f}"
    )


def as_latex(rows: Sequence[System]) -> str:
    """Return a booktabs table in the paper's layout."""
    lines = [
        r"\begin{tabular}{ll" + "r" * len(COLUMNS) + "}",
        r"\toprule",
        " & ".join([r"\textbf{Backbone}", r"\textbf{Variant}", *(rf"\textbf{{{c.title}}}" for c in COLUMNS)])
        + r" \\",
        r"\midrule",
    ]
    previous = None
    for system in rows:
        backbone = system.evaluation.backbone
        if previous not in {None, backbone}:
            lines.append(r"\midrule")
        name = _latex(backbone) if backbone != previous else ""
        values = [_latex(_cell(system, c)) for c in COLUMNS]
        lines.append(" & ".join([name, _latex(system.variant), *values]) + r" \\")
        previous = backbone
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def as_csv(rows: Sequence[System]) -> str:
    """Return every metric with its interval, unscaled, one system a row."""
    stream = io.StringIO()
    names = list(rows[0].figures)
    writer = csv.writer(stream, lineterminator="\n")
    head = ["system", "backbone", "variant", "engine", "part", "pieces"]
    writer.writerow([*head, *(column for name in names for column in (name, f"{name}_low", f"{name}_high"))])
    for row in rows:
        e = row.evaluation
        values = [v for name in names for v in _triple(row.figures.get(name))]
        writer.writerow([e.system, e.backbone, e.variant, e.engine, e.part, len(e.pieces), *values])
    return stream.getvalue()


def _triple(estimate: Estimate | None) -> tuple[float | str, float | str, float | str]:
    return ("", "", "") if estimate is None else (estimate.value, estimate.low, estimate.high)


def _cell(system: System, column: Column) -> str:
    estimate = system.figures.get(column.metric)
    if estimate is None:
        return "-"
    mark = MARK if column.metric in system.marked else ""
    return f"{estimate.value * column.scale:.{column.decimals}f}{mark}"


def _interval(system: System, column: Column) -> str:
    estimate = system.figures.get(column.metric)
    if estimate is None:
        return ""
    low, high = (x * column.scale for x in (estimate.low, estimate.high))
    return f"{low:.{column.decimals}f}..{high:.{column.decimals}f}"


def _latex(text: str) -> str:
    for plain, escaped in (
        ("\\", r"\textbackslash{}"),
        ("_", r"\_"),
        ("%", r"\%"),
        ("&", r"\&"),
        ("#", r"\#"),
        (MARK, "$^*$"),
    ):
        text = text.replace(plain, escaped)
    return text
