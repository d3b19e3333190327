"""A campaign's results as files: the answers, Table 5 for LaTeX, and the plot of intervals.

Equal results give equal bytes.
Source: Liu et al. 2021, Table 5.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from corpus.csvfiles import guarded
from modeling.domain.answers import Answer
from modeling.domain.campaign_results import Comparison
from modeling.domain.comparison import Preference

COLUMNS = (
    "pair",
    "question",
    "answer",
    "one",
    "other",
    "shown_first",
    "first",
    "second",
    "problem",
    "emotion",
)


def answers_csv(answers: Sequence[Answer], *, agents: Sequence[str]) -> str:
    """Return the answers as `python -m modeling compare` reads them, one a row.

    `one` is the earlier agent of the campaign, the system under test; `shown_first` says whether it came first.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        one, other = sorted((answer.first, answer.second), key=agents.index)
        shown = "true" if answer.first == one else "false"
        names = [guarded(name) for name in (one, other, shown, answer.first, answer.second)]
        writer.writerow(
            [answer.pair, answer.question, answer.choice.value, *names, answer.problem, answer.emotion]
        )
    return out.getvalue()


def as_latex(comparisons: Sequence[Comparison], *, questions: Sequence[str]) -> str:
    r"""Return Table 5: win, lose and tie by question, one block a comparison. Needs `booktabs` and `\dag`, `\ddag`."""
    blocks = "".join(" & \\multicolumn{3}{c}{" + _latex(f"{c.one} vs. {c.other}") + "}" for c in comparisons)
    heads = " & Win & Lose & Tie" * len(comparisons)
    rules = "".join(f" \\cmidrule(lr){{{2 + 3 * i}-{4 + 3 * i}}}" for i in range(len(comparisons)))
    lines = [
        "\\begin{tabular}{l" + "rrr" * len(comparisons) + "}",
        "\\toprule",
        blocks.strip() + " \\\\",
        rules.strip(),
        heads.strip() + " \\\\",
        "\\midrule",
    ]
    for question in questions:
        cells = [_cells(c.table.get(question)) for c in comparisons]
        lines.append(" & ".join([_latex(question), *cells]) + " \\\\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", ""])


_MARKS = {"†": "$^{\\dag}$", "‡": "$^{\\ddag}$", "": ""}


def _cells(found: Preference | None) -> str:
    if found is None:
        return "-- & -- & --"
    # The paper marks the larger of the two counts.
    win, lose = str(found.win), str(found.lose)
    if found.win >= found.lose:
        win += _MARKS[found.mark]
    else:
        lose += _MARKS[found.mark]
    return f"{win} & {lose} & {found.tie}"


def _latex(text: str) -> str:
    replaced = text.replace("\\", "\\textbackslash ")
    for sign in "&%$#_{}":
        replaced = replaced.replace(sign, f"\\{sign}")
    return replaced


def intervals_svg(title: str, table: Mapping[str, Preference]) -> bytes:
    """Return the share of wins among decided answers with its exact 95 % interval, question by question, as SVG."""
    with mpl.rc_context({"svg.hashsalt": "modeling", "svg.fonttype": "path", "font.size": 10}):
        figure = Figure(figsize=(6.4, 0.9 + 0.42 * len(table)), layout="constrained")
        axis = figure.subplots()
        for row, (question, found) in enumerate(table.items()):
            axis.plot([found.share_low, found.share_high], [row, row], color="#0f766e", linewidth=2)
            decided = found.win + found.lose
            if decided:
                axis.plot(found.win / decided, row, "o", color="#0f766e", markersize=7)
            label = f"{question} {found.mark}".strip()
            axis.annotate(label, (-0.02, row), ha="right", va="center", annotation_clip=False)
        axis.axvline(0.5, color="#4a5856", linewidth=1, linestyle="--")
        axis.set(xlim=(0, 1), ylim=(len(table) - 0.5, -0.5), title=title)
        axis.set_xlabel("share of wins among decided answers, 95 % exact interval")
        axis.set_yticks([])
        axis.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1, decimals=0))
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()
