from __future__ import annotations

import csv
from pathlib import Path

import pytest

from corpus.csvfiles import guarded, write_csv
from corpus.record import Survey
from tests.corpus.factories import make_conversation, rich_conversation, small_corpus


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_row_per_conversation_and_one_per_utterance(tmp_path: Path) -> None:
    assert write_csv([*small_corpus(), rich_conversation()], tmp_path) == 8
    conversations, utterances = rows_of(tmp_path / "conversations.csv"), rows_of(tmp_path / "utterances.csv")
    assert [int(row["utterances"]) for row in conversations] == [14, 15, 11, 11, 9, 13, 9, 5]
    assert len(utterances) == sum(int(row["utterances"]) for row in conversations)
    assert conversations[7] == {
        "conversation": "7", "id": "c0007", "seeker_id": "p03", "supporter_id": "p07",
        "experience": "Current Experience", "emotion": "anxiety", "problem": "job crisis",
        "situation": "I wait for an answer.", "minutes": "0.7", "intensity_before": "4", "intensity_after": "3",
        "original_intensity_after": "4", "improvement": "1", "empathy": "5", "relevance": "4", "detail": "0",
        "seeker_liked": "Kind words", "seeker_improve": "", "supporter_liked": "",
        "supporter_improve": "'=A timer", "utterances": "5",
        "intensity_review": "set", "flags": "one_strategy; pasted_text",
    }  # fmt: skip
    assert utterances[-4] == {
        "conversation": "7", "id": "c0007", "position": "1", "speaker": "supporter", "strategy": "Question",
        "original_strategy": "Others", "votes": "Question; Question", "feedback": "", "rates": "",
        "offset_seconds": "12.5", "text": "How long do you wait?", "review": "change",
    }  # fmt: skip
    assert utterances[-2]["rates"] == "1; 2"
    assert utterances[-2]["text"] == '\'-- "So it does", 😊'


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-x", "@SUM(A1)", " =1", "\t=1", "\n=1", "\uff1d1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "'=1", "1-2", "(=)"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    write_csv([make_conversation(survey=Survey(2, 4, 5, 5))], tmp_path)
    assert rows_of(tmp_path / "conversations.csv")[0]["improvement"] == "-2"


def test_the_byte_order_mark_is_a_choice(tmp_path: Path) -> None:
    write_csv(small_corpus(), tmp_path / "marked")
    write_csv(small_corpus(), tmp_path / "plain", mark=False)
    for name in ("conversations.csv", "utterances.csv"):
        marked, plain = ((tmp_path / folder / name).read_bytes() for folder in ("marked", "plain"))
        assert marked == b"\xef\xbb\xbf" + plain
