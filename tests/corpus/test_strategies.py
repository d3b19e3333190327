from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from corpus.esconv import read_esconv
from corpus.strategies import compute_strategies, merged, progress_point, shares
from tests.corpus.factories import STRATEGY, make_conversation

SMALL = Path(__file__).parent / "esconv_small.json"


@pytest.mark.parametrize(("k", "point"), [(1, 0), (2, 1), (9, 4), (10, 5)])
def test_progress_is_binned_in_integers(k: int, point: int) -> None:
    assert progress_point(k, 10) == point  # k = 2 is exactly 0.2, the second fifth


@pytest.mark.parametrize("length", range(1, 121))
def test_progress_agrees_with_exact_fractions(length: int) -> None:
    for k in range(1, length + 1):
        progress = Fraction(k, length)
        assert progress_point(k, length) == sum(progress >= Fraction(fifth, 5) for fifth in range(1, 6))


def test_equal_neighbours_are_one_step() -> None:
    conversation = make_conversation(
        "Qu: a", "Qu: b", "S: c", "AR: d", "S: e", "Qu: f", "S: g", "AR: h", "S: i", "AR: j"
    )
    document: Any = compute_strategies([conversation])
    qu, ar = STRATEGY["Qu"], STRATEGY["AR"]
    assert document["transitions"]["3"] == {
        "total": 2,
        "top": [
            {"path": [ar, qu, ar], "count": 1, "proportion": 0.5},
            {"path": [qu, ar, qu], "count": 1, "proportion": 0.5},
        ],
    }
    assert document["transitions"]["4"] == {
        "total": 1,
        "top": [{"path": [qu, ar, qu, ar], "count": 1, "proportion": 1.0}],
    }


def test_merging_keeps_the_order() -> None:
    assert merged("aabbbca") == ("a", "b", "c", "a")
    assert merged("") == ()


def test_the_document_agrees_with_plain_loops_over_the_file() -> None:
    document: Any = compute_strategies(read_esconv(SMALL))
    points: list[Counter[str]] = [Counter() for _ in range(6)]
    grams: dict[int, Counter[tuple[str, ...]]] = {3: Counter(), 4: Counter()}
    for entry in json.loads(SMALL.read_text()):
        steps: list[str] = []
        for k, message in enumerate(entry["dialog"], start=1):
            if message["speaker"] == "supporter":
                label = message["annotation"]["strategy"]
                progress = Fraction(k, len(entry["dialog"]))
                points[5 if progress == 1 else int(progress * 5)][label] += 1
                if steps[-1:] != [label]:
                    steps.append(label)
        for n, counts in grams.items():
            for start in range(len(steps)):
                if start + n <= len(steps):
                    counts[tuple(steps[start : start + n])] += 1
    assert [point["n"] for point in document["progress"]] == [c.total() for c in points]
    assert [{k: v for k, v in point["counts"].items() if v} for point in document["progress"]] == points
    assert all(set(point["counts"]) == set(STRATEGY.values()) for point in document["progress"])
    for n, counts in grams.items():
        table = document["transitions"][str(n)]
        assert table["total"] == counts.total()
        expected = sorted(counts, key=lambda path: (-counts[path], path))[:5]
        assert [tuple(row["path"]) for row in table["top"]] == expected
        assert [row["count"] for row in table["top"]] == [counts[path] for path in expected]
        assert [row["proportion"] for row in table["top"]] == [counts[p] / counts.total() for p in expected]


def test_a_message_without_a_strategy_counts_for_progress_only() -> None:
    document: Any = compute_strategies([make_conversation("S: one", "S: two", "Qu: three", "S: four")])
    assert [point["n"] for point in document["progress"]] == [0, 0, 0, 1, 0, 0]
    assert document["transitions"] == {"3": {"total": 0, "top": []}, "4": {"total": 0, "top": []}}


def test_shares_add_up_to_one_or_to_nothing() -> None:
    assert shares({"a": 1, "b": 3}, ["a", "b", "c"]) == [0.25, 0.75, 0.0]
    assert shares({}, ["a", "b"]) == [0.0, 0.0]
