"""The tables of the paper, filled from a corpus, as plain text, LaTeX and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.csvfiles import guarded
from corpus.labels import ABBREVIATIONS, STRATEGIES

Cell = str | int | float | None

SCORE_NAMES = {"1": "1 (Very Bad)", "2": "2 (Bad)", "3": "3 (Average)", "4": "4 (Good)", "5": "5 (Excellent)"}
"""The seeker's five stars (Table 3)."""

_LATEX_MARKS = str.maketrans(
    {
        "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
        "→": r"$\rightarrow$", "–": "--",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; a float is shown with `digits` places, None as a dash."""

    name: str
    """The stem of its files, such as `table2`."""
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    digits: int = 2
    note: str = ""

    def shown(self) -> list[list[str]]:
        """Return the cells as a reader sees them."""
        return [[_shown(cell, self.digits) for cell in row] for row in self.rows]

    def to_text(self) -> str:
        """Return the table in columns; numbers to the right."""
        lines = [list(self.header), *self.shown()]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        right = self._numeric_columns()
        drawn = ["  ".join(_aligned(line, widths, right)).rstrip() for line in lines]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join(
            [self.caption, "", drawn[0], rule, *drawn[1:], *([f"\n{self.note}"] if self.note else []), ""]
        )

    def to_latex(self) -> str:
        """Return a `table` environment with booktabs rules."""
        right = self._numeric_columns()
        columns = "".join("r" if column in right else "l" for column in range(len(self.header)))
        body = [" & ".join(cell.translate(_LATEX_MARKS) for cell in line) + r" \\" for line in self.shown()]
        header = " & ".join(cell.translate(_LATEX_MARKS) for cell in self.header) + r" \\"
        caption = " ".join(filter(None, [self.caption, self.note])).translate(_LATEX_MARKS)
        return "\n".join(
            [
                r"\begin{table}", r"\centering", rf"\begin{{tabular}}{{{columns}}}", r"\toprule", header, r"\midrule",
                *body, r"\bottomrule", r"\end{tabular}", rf"\caption{{{caption}}}", rf"\label{{tab:{self.name}}}",
                r"\end{table}", "",
            ]
        )  # fmt: skip

    def to_csv(self) -> str:
        """Return the table with numbers in full precision, safe to open in a spreadsheet."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(
            [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in self.rows
        )
        return stream.getvalue()

    def _numeric_columns(self) -> set[int]:
        return {
            column
            for column in range(len(self.header))
            if any(isinstance(row[column], int | float) for row in self.rows)
        }


def _aligned(line: Sequence[str], widths: Sequence[int], right: set[int]) -> list[str]:
    return [
        cell.rjust(widths[column]) if column in right else cell.ljust(widths[column])
        for column, cell in enumerate(line)
    ]


def _shown(cell: Cell, digits: int) -> str:
    match cell:
        case None:
            return "–"
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:.{digits}f}"
        case _:
            return cell


def sizes_table(statistics: Mapping[str, Any], *, workers: Mapping[str, int] | None = None) -> Table:
    """Return Table 2: sizes and lengths; `workers` where pseudonyms are known."""
    sides = ("total", "supporter", "seeker")
    rows: list[tuple[Cell, ...]] = [
        ("Conversations", statistics["conversations"], None, None),
        ("Mean minutes", statistics["minutes_mean"], None, None),
        ("Participants", *((workers or {}).get(side) for side in sides)),
        ("Utterances", *(statistics["utterances"][side] for side in sides)),
        (
            "Mean utterances per conversation",
            *(statistics["mean_conversation_length"][side] for side in sides),
        ),
        ("Mean words per utterance", *(statistics["mean_utterance_length"][side] for side in sides)),
    ]
    return Table("table2", "Statistics of the corpus.", ("", "Total", "Supporter", "Seeker"), tuple(rows))


def annotations_table(statistics: Mapping[str, Any]) -> Table:
    """Return Table 3: problems, emotions, feedback and strategies, each with its share in per cent."""
    feedback = {SCORE_NAMES[score]: n for score, n in statistics["feedback"].items()}
    rows: list[tuple[Cell, ...]] = []
    for group, counts in (
        ("Seeker's problem", statistics["problem"]),
        ("Seeker's emotion", statistics["emotion"]),
        ("Seeker's feedback", feedback),
        ("Support strategy", statistics["strategy"]),
    ):
        overall = sum(counts.values())
        entries = [*counts.items(), ("Overall", overall)]
        for at, (label, n) in enumerate(entries):
            rows.append((group if at == 0 else "", label, n, 100 * n / overall if overall else None))
    return Table(
        "table3", "Statistics of the annotations.", ("", "Category", "Number", "%"), tuple(rows), digits=1
    )


def transitions_table(strategies: Mapping[str, Any]) -> Table:
    """Return Table 6: the most frequent transitions, shares in per cent of all transitions of that length."""
    rows = [
        (
            f"{hops} strategies" if at == 0 else "",
            " → ".join(ABBREVIATIONS[label] for label in entry["path"]),
            entry["count"],
            100 * entry["proportion"],
        )
        for hops, transitions in strategies["transitions"].items()
        for at, entry in enumerate(transitions["top"])
    ]
    return Table(
        "table6",
        "Most frequent transitions between strategies.",
        ("", "Transition", "Number", "%"),
        tuple(rows),
        note="Repeated strategies are merged. The paper prints per mille under its per cent sign.",
    )


def phases_table(statistics: Mapping[str, Any]) -> Table:
    """Return the mean feedback in each third of a conversation."""
    names = ("First third", "Second third", "Last third")
    rows = tuple(
        (name, phase["n"], phase["mean"])
        for name, phase in zip(names, statistics["feedback_phases"], strict=True)
    )
    return Table(
        "feedback_phases", "Feedback by phase of the conversation.", ("Phase", "Number", "Mean"), rows
    )


def features_table(lexical: Mapping[str, Any], *, top: int = 5) -> Table:
    """Return the lexical features of Figure 3: the `top` of each strategy with their rounded z."""
    rows = tuple(
        (
            label,
            ABBREVIATIONS[label],
            ", ".join(f"{entry['ngram']} ({entry['z']:.1f})" for entry in lexical["features"][label][:top]),
        )
        for label in STRATEGIES
    )
    return Table("figure3", "Strategies and their lexical features (z).", ("Strategy", "", "Features"), rows)


def progress_table(
    strategies: Mapping[str, Any],
    *,
    name: str = "figure4",
    caption: str = "Strategies (%) by progress of the conversation.",
) -> Table:
    """Return the shares behind Figure 4, in per cent of each interval's supporter messages."""
    rows = []
    for interval, point in zip(INTERVAL_NAMES, strategies["progress"], strict=True):
        counts = [point["counts"][label] for label in STRATEGIES]
        rows.append((interval, point["n"], *(100 * n / point["n"] if point["n"] else None for n in counts)))
    header = ("Progress", "Number", *(ABBREVIATIONS[label] for label in STRATEGIES))
    return Table(name, caption, header, tuple(rows), digits=1)


INTERVAL_NAMES = ("[0, 0.2)", "[0.2, 0.4)", "[0.4, 0.6)", "[0.6, 0.8)", "[0.8, 1)", "1")
"""The six intervals of progress (§5.2)."""
