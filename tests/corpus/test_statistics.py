"""Every number is compared with an independent computation over the file, in pandas, or worked by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from corpus.esconv import read_esconv
from corpus.record import Survey
from corpus.statistics import compute_statistics, phase_of
from corpus.tokens import tokenize_slowly
from tests.corpus.factories import make_conversation

SMALL = Path(__file__).parent / "esconv_small.json"


@pytest.fixture(scope="module")
def document() -> Any:
    return compute_statistics(read_esconv(SMALL))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """One row per message, straight from the JSON."""
    rows = []
    for number, entry in enumerate(json.loads(SMALL.read_text())):
        length = len(entry["dialog"])
        for k, message in enumerate(entry["dialog"], start=1):
            rows.append(
                {
                    "conversation": number,
                    "side": message["speaker"],
                    "words": len(tokenize_slowly(" ".join(message["content"].split()))),
                    "strategy": message["annotation"].get("strategy"),
                    "feedback": float(message["annotation"].get("feedback", "nan")),
                    "phase": sum(Fraction(k, length) >= Fraction(third, 3) for third in (1, 2)),
                }
            )
    return pd.DataFrame(rows)


def test_sizes(document: Any, frame: pd.DataFrame) -> None:
    sides = frame.side.value_counts()
    assert document["conversations"] == 7
    assert document["utterances"] == {
        "total": len(frame),
        "supporter": sides["supporter"],
        "seeker": sides["seeker"],
    }
    assert document["mean_conversation_length"] == {
        "total": pytest.approx(len(frame) / 7),
        "supporter": pytest.approx(sides["supporter"] / 7),
        "seeker": pytest.approx(sides["seeker"] / 7),
    }


def test_lengths(document: Any, frame: pd.DataFrame) -> None:
    means = frame.groupby("side").words.mean()
    assert document["mean_utterance_length"] == {
        "total": pytest.approx(frame.words.mean()),
        "supporter": pytest.approx(means["supporter"]),
        "seeker": pytest.approx(means["seeker"]),
    }


def test_labels(document: Any, frame: pd.DataFrame) -> None:
    entries = pd.DataFrame(json.loads(SMALL.read_text()))
    assert document["problem"] == entries.problem_type.value_counts().to_dict()
    assert document["emotion"] == entries.emotion_type.value_counts().to_dict()
    assert document["experience"] == entries.experience_type.value_counts().to_dict()
    assert {
        label: n for label, n in document["strategy"].items() if n
    } == frame.strategy.value_counts().to_dict()
    assert next(iter(document["strategy"])) == "Question"
    assert list(document["strategy"])[-1] == "Others"
    assert next(iter(document["problem"])) == "job crisis"


def test_scores(document: Any, frame: pd.DataFrame) -> None:
    assert document["feedback"] == {str(n): int((frame.feedback == n).sum()) for n in range(1, 6)}
    assert document["intensity"] == {
        "before_mean": pytest.approx((5 + 4 + 3 + 3 + 5 + 4 + 3) / 7),
        "after_mean": pytest.approx((2 + 3 + 1 + 2 + 1 + 2) / 6),
        "after_n": 6,
    }


def test_feedback_phases(document: Any, frame: pd.DataFrame) -> None:
    rated = frame.dropna(subset="feedback").groupby("phase").feedback
    assert [phase["n"] for phase in document["feedback_phases"]] == [
        rated.count().get(p, 0) for p in range(3)
    ]
    for phase, mean in rated.mean().items():
        assert document["feedback_phases"][phase]["mean"] == pytest.approx(mean)


@pytest.mark.parametrize(
    ("k", "length", "phase"),
    [
        (1, 9, 0),
        (2, 9, 0),
        (3, 9, 1),
        (5, 9, 1),
        (6, 9, 2),
        (9, 9, 2),
        (1, 1, 2),
        (1, 2, 1),
        (10, 16, 1),
        (11, 16, 2),
    ],
)
def test_a_phase_is_a_third_of_the_conversation(k: int, length: int, phase: int) -> None:
    assert phase_of(k, length) == phase


def test_nothing_has_no_mean() -> None:
    document: Any = compute_statistics([])
    assert document["conversations"] == 0
    assert document["mean_utterance_length"] == {"total": None, "supporter": None, "seeker": None}
    assert document["intensity"] == {"before_mean": None, "after_mean": None, "after_n": 0}
    assert document["feedback_phases"] == [{"n": 0, "mean": None}] * 3
    json.dumps(document, allow_nan=False)


def test_minutes_are_averaged_over_the_conversations_that_have_them() -> None:
    conversations = [make_conversation(minutes=20.0), make_conversation(minutes=25.0), make_conversation()]
    assert compute_statistics(conversations)["minutes_mean"] == 22.5
    assert compute_statistics(conversations[2:])["minutes_mean"] is None


def test_another_unit_of_length() -> None:
    document: Any = compute_statistics([make_conversation("S: one two", "Qu: three")], tokenize=str.split)
    assert document["mean_utterance_length"] == {"total": 1.5, "supporter": 1.0, "seeker": 2.0}


def test_an_unanswered_intensity_is_not_counted() -> None:
    document: Any = compute_statistics([make_conversation(survey=Survey()), make_conversation()])
    assert document["intensity"] == {"before_mean": 4.0, "after_mean": 2.0, "after_n": 1}
