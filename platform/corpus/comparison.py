"""Sets two corpora side by side: which conversations they share, and where their numbers differ.

Useful between two releases, between approved and failed conversations, and between people and a model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from math import sqrt
from typing import Any, cast

from scipy.stats import chi2_contingency

from corpus.esconv import annotation_of
from corpus.record import Conversation
from corpus.statistics import Statistics
from corpus.tables import Table

DISTRIBUTIONS = ("strategy", "feedback", "problem", "emotion", "experience")
_SIDES = ("total", "supporter", "seeker")


def compare(a: Iterable[Conversation], b: Iterable[Conversation]) -> dict[str, object]:
    """Return the comparison of two corpora as the JSON document of `compare`.

    `numbers` holds a value of each and b - a. `distributions` holds for each kind of label the shares, and
    Pearson's chi-square test with Cramér's V as the size of the difference. The test takes labels as
    independent, which those of one conversation are not: its p is too small, V is not affected.
    """
    first, second = Statistics(), Statistics()
    digests_a, digests_b = set(_counted(a, first)), set(_counted(b, second))
    document_a, document_b = first.document(), second.document()
    return {
        "conversations": {
            "both": len(digests_a & digests_b),
            "only_a": len(digests_a - digests_b),
            "only_b": len(digests_b - digests_a),
        },
        "numbers": _numbers(document_a, document_b),
        "distributions": {
            name: _distribution(_counts(document_a, name), _counts(document_b, name))
            for name in DISTRIBUTIONS
        },
    }


def digest(conversation: Conversation) -> bytes:
    """Return what makes two conversations the same: who wrote what, with which annotations, about what.

    Pseudonyms, times and surveys do not count, so that the same conversation is found in every release.
    """
    content = [
        conversation.problem,
        conversation.emotion,
        conversation.situation,
        [[u.speaker, u.text, annotation_of(u)] for u in conversation.utterances],
    ]
    return hashlib.sha256(json.dumps(content).encode()).digest()


def _counted(conversations: Iterable[Conversation], statistics: Statistics) -> Iterator[bytes]:
    for conversation in conversations:
        statistics.add(conversation)
        yield digest(conversation)


def _numbers(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    return {name: _difference(value, dict(_scalars(b))[name]) for name, value in _scalars(a)}


def _scalars(document: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    yield "conversations", document["conversations"]
    for key in ("utterances", "mean_conversation_length", "mean_utterance_length"):
        for side in _SIDES:
            yield f"{key}.{side}", document[key][side]
    yield "intensity.before_mean", document["intensity"]["before_mean"]
    yield "intensity.after_mean", document["intensity"]["after_mean"]
    yield "feedback_mean", _mean_score(document["feedback"])
    for number, phase in enumerate(document["feedback_phases"], start=1):
        yield f"feedback_phase_{number}", phase["mean"]
    yield "minutes_mean", document["minutes_mean"]


def _mean_score(counts: Mapping[str, int]) -> float | None:
    total = sum(counts.values())
    return sum(int(score) * n for score, n in counts.items()) / total if total else None


def _difference(a: float | None, b: float | None) -> dict[str, float | None]:
    return {"a": a, "b": b, "difference": None if a is None or b is None else b - a}


def _counts(document: Mapping[str, Any], name: str) -> dict[str, int]:
    return cast("dict[str, int]", document[name])


def _distribution(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, object]:
    labels = [label for label in dict.fromkeys((*a, *b)) if a.get(label) or b.get(label)]
    rows = [[counts.get(label, 0) for label in labels] for counts in (a, b)]
    totals = [sum(row) for row in rows]
    shares = {
        label: _difference(
            *(row[at] / total if total else None for row, total in zip(rows, totals, strict=True))
        )
        for at, label in enumerate(labels)
    }
    return {"n": {"a": totals[0], "b": totals[1]}, "shares": shares, "test": _test(rows, totals)}


def _test(rows: list[list[int]], totals: list[int]) -> dict[str, float] | None:
    """Return the chi-square test of a two-row table; None where there is nothing to test."""
    if len(rows[0]) < 2 or not all(totals):
        return None
    result = chi2_contingency(rows, correction=False)
    return {
        "chi_square": float(result.statistic),
        "degrees_of_freedom": int(result.dof),
        "p": float(result.pvalue),
        # Two rows: the smaller dimension less one is 1.
        "cramers_v": sqrt(float(result.statistic) / sum(totals)),
    }


def comparison_tables(document: Mapping[str, Any]) -> list[Table]:
    """Return the comparison as tables for a reader."""
    shared = document["conversations"]
    counts = Table(
        "conversations",
        "Conversations in one or both.",
        ("In both", "Only in A", "Only in B"),
        ((shared["both"], shared["only_a"], shared["only_b"]),),
    )
    header = ("", "A", "B", "B - A")
    numbers = tuple((name, *values.values()) for name, values in document["numbers"].items())
    tables = [counts, Table("numbers", "Numbers.", header, numbers)]
    for name, found in document["distributions"].items():
        rows = tuple(
            (label, *(None if share is None else 100 * share for share in shares.values()))
            for label, shares in found["shares"].items()
        )
        tables.append(
            Table(name, f"Shares (%) of {name}.", header, rows, digits=1, note=_sentence(found["test"]))
        )
    return tables


def _sentence(test: Mapping[str, float] | None) -> str:
    if test is None:
        return ""
    return f"Cramér's V {test['cramers_v']:.3f}; chi-square {test['chi_square']:.1f}, {test['degrees_of_freedom']} degrees of freedom."
