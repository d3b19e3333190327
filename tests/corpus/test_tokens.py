from __future__ import annotations

import pytest

from corpus.tokens import mean_length, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I am fine. Thank you!", ["I", "am", "fine", ".", "Thank", "you", "!"]),
        ("Don't worry, it's okay", ["Do", "n't", "worry", ",", "it", "'s", "okay"]),
        ("I feel... tired", ["I", "feel", "...", "tired"]),
        ("I cannot sleep at 3.30", ["I", "can", "not", "sleep", "at", "3.30"]),
        ("", []),
    ],
)
def test_tokens_are_those_of_nltk(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_mean_length_counts_each_message_apart() -> None:
    assert mean_length(["Hello", "How are you?", "Fine."]) == (1 + 4 + 2) / 3


def test_mean_length_takes_another_unit() -> None:
    assert mean_length(["How are you?", "Fine."], tokenize=str.split) == 2


def test_an_absent_speaker_has_no_mean_length() -> None:
    with pytest.raises(ValueError, match="no utterances"):
        mean_length([])
