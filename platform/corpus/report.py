"""Writes the figures, the tables and one page that holds them all.

figure3, figure4, feedback_phases, and figure5 with a model    .svg .pdf .png
table2, table3, table6, figure3, figure4, feedback_phases      .txt .tex .csv
report.html
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from corpus import tables
from corpus.analysis import Analysis, analyse
from corpus.figures import phases_figure, progress_figure, save, table_figure
from corpus.files import replacing_folder, write_text
from corpus.record import Conversation
from corpus.strategies import StrategyUse
from corpus.tables import Table

REPORT = "report.html"
FEATURES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: what is shown, how it is computed, and the command that computes it."""

    title: str
    how: str
    verb: str
    tables: tuple[Table, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    """File stem and description of each figure."""


def write_report(
    conversations: Iterable[Conversation],
    folder: Path | str,
    *,
    model: Iterable[Conversation] | None = None,
    source: str = "FILE",
    model_source: str = "MODEL",
) -> list[Path]:
    """Write everything into `folder` and return the paths.

    `model` holds a model's conversations for Figure 5. `source` and `model_source` are the names that the
    report's commands show.
    """
    analysis = analyse(conversations)
    use = None if model is None else _use_of(model)
    with replacing_folder(Path(folder)) as partial:
        _draw(analysis, use, partial)
        sections = _sections(analysis, use)
        for table in _unique(table for section in sections for table in section.tables):
            write_text(partial / f"{table.name}.txt", table.to_text())
            write_text(partial / f"{table.name}.tex", table.to_latex())
            write_text(partial / f"{table.name}.csv", table.to_csv())
        command = f"python -m corpus figures {source} --out DIR" + (
            f" --model {model_source}" if model else ""
        )
        write_text(partial / REPORT, _page(sections, partial, analysis, source=source, command=command))
        names = sorted(path.name for path in partial.iterdir())
    return [Path(folder) / name for name in names]


def _use_of(conversations: Iterable[Conversation]) -> dict[str, Any]:
    use = StrategyUse()
    for conversation in conversations:
        use.add(conversation)
    return use.document()


def _draw(analysis: Analysis, use: dict[str, Any] | None, folder: Path) -> None:
    strategies, statistics = analysis.use.document(), analysis.statistics.document()
    save(
        table_figure(tables.features_table(analysis.lexical.document(), top=FEATURES_SHOWN)),
        folder,
        "figure3",
    )
    save(progress_figure({"Corpus": strategies}), folder, "figure4")
    save(phases_figure(statistics), folder, "feedback_phases")
    if use is not None:
        save(progress_figure({"Corpus": strategies, "Model": use}), folder, "figure5")


def _unique(found: Iterable[Table]) -> list[Table]:
    return list({table.name: table for table in found}.values())


_HOW = {
    "sizes": "Each sent message counts; messages of one speaker in a row stay apart. Length is in NLTK word tokens, "
    "averaged over messages. Minutes and participants appear where the source has times and pseudonyms.",
    "annotations": "Labels as the corpus spells them. Corrected strategies count, not the original ones.",
    "phases": "A score belongs to the third of its conversation that the seeker's k-th of L messages falls into, "
    "min(2, floor(3k / L)); scores of all conversations are averaged together.",
    "lexical": "Unigrams and bigrams of lower-case words without punctuation, by the z-score of their log-odds ratio "
    "against all other strategies, with the whole supporter corpus as informative Dirichlet prior "
    "(Monroe et al. 2008).",
    "progress": "The k-th of L messages lies at progress k / L. Shares are among the supporters' messages of each "
    "interval, over all conversations together, and are drawn at the interval's beginning.",
    "transitions": "Repeated strategies are merged into one step, also across turns; shares are of all sequences of "
    "that length. The paper prints per mille under its per cent sign.",
    "model": "The model's conversations, counted as in Figure 4, beside the corpus.",
}


def _sections(analysis: Analysis, use: dict[str, Any] | None) -> list[Section]:
    sections = [*_measured(analysis), *_strategic(analysis)]
    if use is not None:
        table = tables.progress_table(use, name="figure5", caption="The model's strategies (%) by progress.")
        drawn = ("figure5", "Shares of the strategies by progress: the corpus and the model")
        title = "People and the model (Figure 5)"
        sections.append(Section(title, _HOW["model"], "strategies", (table,), (drawn,)))
    return sections


def _measured(analysis: Analysis) -> list[Section]:
    statistics = analysis.statistics.document()
    sizes = tables.sizes_table(statistics, workers=analysis.workers())
    annotations = tables.annotations_table(statistics)
    phases = tables.phases_table(statistics)
    drawn = ("feedback_phases", "Mean feedback in the three thirds of a conversation")
    return [
        Section("Size and length (Table 2)", _HOW["sizes"], "statistics", (sizes,)),
        Section("Annotations (Table 3)", _HOW["annotations"], "statistics", (annotations,)),
        Section("Feedback by phase (§4.2)", _HOW["phases"], "statistics", (phases,), (drawn,)),
    ]


def _strategic(analysis: Analysis) -> list[Section]:
    strategies = analysis.use.document()
    features = tables.features_table(analysis.lexical.document(), top=FEATURES_SHOWN)
    progress = tables.progress_table(strategies)
    transitions = tables.transitions_table(strategies)
    words = ("figure3", "Strategies with the words that set them apart")
    bands = ("figure4", "Shares of the strategies from the beginning to the end of a conversation")
    return [
        Section("Lexical features (Figure 3)", _HOW["lexical"], "lexical", (features,), (words,)),
        Section("Strategies by progress (Figure 4)", _HOW["progress"], "strategies", (progress,), (bands,)),
        Section("Transitions (Table 6)", _HOW["transitions"], "strategies", (transitions,)),
    ]


def _page(sections: list[Section], folder: Path, analysis: Analysis, *, source: str, command: str) -> str:
    text = resources.files("corpus").joinpath("texts", "report.html").read_text(encoding="utf-8")
    return Template(text).substitute(
        source=html.escape(source),
        count=f"{analysis.statistics.conversations:,}",
        command=html.escape(command),
        contents="\n".join(
            f'<li><a href="#s{at}">{html.escape(s.title)}</a></li>' for at, s in enumerate(sections)
        ),
        sections="\n".join(_section(section, at, folder, source) for at, section in enumerate(sections)),
    )


def _section(section: Section, at: int, folder: Path, source: str) -> str:
    parts = [f'<section id="s{at}">', f"<h2>{html.escape(section.title)}</h2>"]
    parts += [_image(folder / f"{stem}.svg", description) for stem, description in section.figures]
    parts += [_table(table) for table in section.tables]
    parts.append(f"<p><strong>How.</strong> {html.escape(section.how)}</p>")
    parts.append(f"<p><code>python -m corpus {section.verb} {html.escape(source)}</code></p>")
    return "\n".join([*parts, "</section>"])


def _image(path: Path, description: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img alt="{html.escape(description)}" src="data:image/svg+xml;base64,{data}">'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in table.header)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table.shown()
    )
    caption = html.escape(table.caption)
    return f"<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
