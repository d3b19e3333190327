from __future__ import annotations

import csv
import io
from typing import Any

from corpus.analysis import analyse
from corpus.tables import (
    Table,
    annotations_table,
    features_table,
    phases_table,
    progress_table,
    sizes_table,
    transitions_table,
)
from tests.corpus.factories import make_conversation, rich_conversation, small_corpus

TABLE = Table(
    "toy",
    "A toy.",
    ("", "Number", "%"),
    (("=a & b", 12_345, 1 / 3), ("c → d", 1, None)),
    digits=1,
    note="Note 100 %.",
)


def test_text_has_numbers_to_the_right() -> None:
    assert TABLE.to_text() == (
        "A toy.\n\n        Number    %\n------  ------  ---\n=a & b  12,345  0.3\nc → d        1    –\n\nNote 100 %.\n"
    )


def test_latex_escapes_its_marks() -> None:
    assert TABLE.to_latex().splitlines() == [
        r"\begin{table}",
        r"\centering",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r" & Number & \% \\",
        r"\midrule",
        r"=a \& b & 12,345 & 0.3 \\",
        r"c $\rightarrow$ d & 1 & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\caption{A toy. Note 100 \%.}",
        r"\label{tab:toy}",
        r"\end{table}",
    ]


def test_csv_has_full_precision_and_no_formulas() -> None:
    assert list(csv.reader(io.StringIO(TABLE.to_csv()))) == [
        ["", "Number", "%"],
        ["'=a & b", "12345", "0.3333333333333333"],
        ["c → d", "1", ""],
    ]


def rows(table: Table) -> dict[str, tuple[Any, ...]]:
    return {str(row[0] or row[1]): row for row in table.rows}


def test_sizes_show_participants_only_where_they_are_known() -> None:
    unknown, known = analyse(small_corpus()), analyse([rich_conversation(1), rich_conversation(2)])
    plain = rows(sizes_table(unknown.statistics.document(), workers=unknown.workers()))
    named = rows(sizes_table(known.statistics.document(), workers=known.workers()))
    assert plain["Conversations"] == ("Conversations", 7, None, None)
    assert plain["Participants"] == ("Participants", None, None, None)
    assert named["Participants"] == ("Participants", 3, 2, 1)
    assert named["Mean minutes"][1] == 0.7
    assert named["Utterances"] == ("Utterances", 10, 6, 4)


def test_annotations_have_their_shares_and_sums() -> None:
    document = analyse(small_corpus()).statistics.document()
    table = annotations_table(document)
    assert table.rows[0] == ("Seeker's problem", "job crisis", 2, 100 * 2 / 7)
    overall = [row for row in table.rows if row[1] == "Overall"]
    assert [row[2] for row in overall] == [7, 7, 14, 48]
    assert all(row[3] == 100 for row in overall)


def test_empty_groups_have_no_share() -> None:
    table = annotations_table(analyse([]).statistics.document())
    assert {row[3] for row in table.rows} == {None}


def test_transitions_are_per_cent_not_per_mille() -> None:
    conversation = make_conversation("Qu: a", "AR: b", "Qu: c", "AR: d")
    table = transitions_table(analyse([conversation]).use.document())
    assert table.rows == (
        ("3 strategies", "AR → Qu → AR", 1, 50.0),
        ("", "Qu → AR → Qu", 1, 50.0),
        ("4 strategies", "Qu → AR → Qu → AR", 1, 100.0),
    )


def test_progress_rows_add_up_to_a_hundred() -> None:
    table = progress_table(analyse(small_corpus()).use.document())
    assert [row[0] for row in table.rows] == [
        "[0, 0.2)",
        "[0.2, 0.4)",
        "[0.4, 0.6)",
        "[0.6, 0.8)",
        "[0.8, 1)",
        "1",
    ]
    assert table.header[2:] == ("Qu", "RP", "RF", "Sd", "AR", "PS", "In", "Ot")
    for row in table.rows:
        assert round(sum(row[2:]), 9) == 100  # type: ignore[arg-type]


def test_phases_and_features_show_the_documents() -> None:
    analysis = analyse(small_corpus())
    phases = analysis.statistics.document()["feedback_phases"]
    assert phases_table(analysis.statistics.document()).rows == tuple(
        (f"{name} third", phase["n"], phase["mean"])
        for name, phase in zip(("First", "Second", "Last"), phases, strict=True)  # type: ignore[call-overload]
    )
    features: Any = analysis.lexical.document()["features"]
    shown = features_table(analysis.lexical.document(), top=1).rows[0][2]
    assert shown == f"{features['Question'][0]['ngram']} ({features['Question'][0]['z']:.1f})"
