from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.esconv import read_esconv
from corpus.failed import is_failed, write_failed
from corpus.record import Survey
from tests.corpus.factories import make_conversation, small_corpus

PUBLISHED_KEYS = ["experience_type", "emotion_type", "problem_type", "situation", "survey_score", "dialog"]


def test_the_file_has_the_failed_shape_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "failed.json"
    assert write_failed(small_corpus()[3:5], path) == 2
    entries = json.loads(path.read_text())
    assert list(entries[0]) == PUBLISHED_KEYS
    assert [m["speaker"] for m in entries[0]["dialog"][:3]] == ["speaker", "speaker", "listener"]
    assert path.read_text() == json.dumps(entries, indent=1, ensure_ascii=False)
    assert read_esconv(path) == small_corpus()[3:5]


@pytest.mark.parametrize(
    ("survey", "failed"),
    [
        (Survey(4, 3, 3, 3, None), False),
        (Survey(4, 4, 5, 5, None), True),
        (Survey(3, 4, 5, 5, None), True),
        (Survey(4, 3, 2, 5, None), True),
        (Survey(4, 3, 5, 2, None), True),
    ],
)
def test_with_a_survey_the_scores_decide(survey: Survey, failed: bool) -> None:
    assert is_failed(make_conversation(survey=survey)) is failed


@pytest.mark.parametrize(
    ("lines", "failed"),
    [
        (("S: a", "Qu: b", "S2: c"), True),
        (("S: a", "Qu: b", "S2: c", "S3: d"), False),
        (("S: a", "Qu: b", "S5: c", "S1: d"), True),
        (("S: a", "Qu: b", "S: c"), False),
    ],
)
def test_without_a_survey_the_last_feedback_decides(lines: tuple[str, ...], failed: bool) -> None:
    assert is_failed(make_conversation(*lines, survey=Survey(intensity_before=4))) is failed


@pytest.mark.parametrize("lines", [("S: a", "Qu: b"), ("S: a", "S: b", "S1: c")])
def test_what_is_no_conversation_did_not_fail(lines: tuple[str, ...]) -> None:
    assert not is_failed(make_conversation(*lines, survey=Survey(4, 5, 1, 1)))
