from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import tokens
from corpus.tokens import mean_length, tokenize, tokenize_slowly


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am fine. Thank you!", ["I", "am", "fine", ".", "Thank", "you", "!"]),
        ("Don't worry, it's okay", ["Do", "n't", "worry", ",", "it", "'s", "okay"]),
        ("I feel... tired", ["I", "feel", "...", "tired"]),
        ("I cannot sleep at 3.30", ["I", "can", "not", "sleep", "at", "3.30"]),
        ("", []),
    ],
)
def test_tokens_are_those_of_nltk(text: str, expected: list[str]) -> None:
    assert tokenize(text) == expected


def test_mean_length_counts_each_message_apart() -> None:
    assert mean_length(["Hello", "How are you?", "Fine."]) == (1 + 4 + 2) / 3


def test_mean_length_takes_another_unit() -> None:
    assert mean_length(["How are you?", "Fine."], tokenize=str.split) == 2


def test_an_absent_speaker_has_no_mean_length() -> None:
    with pytest.raises(ValueError, match="no utterances"):
        mean_length([])


WORDS = (
    "I a Anna can not cannot don't she's WON'T we'LL it\u2019s 7 3.5 9. U.S. gonna more 'n 'tis n't 's é 😊"
)
MARKS = ". .. ... ? ! , : ; - -- ' '' \" ` ( ) ] \u201d \u201c / $ % @ * < _"
PIECES = st.sampled_from([*WORDS.split(), *MARKS.split()]) | st.sampled_from(
    [" ", " ", " ", "\n", "\t", "  "]
)


@settings(deadline=None, max_examples=200)
@given(text=st.lists(PIECES, max_size=16).map("".join) | st.text(max_size=20))
def test_the_fast_tokens_are_those_of_nltk_on_any_text(text: str) -> None:
    assert tokenize(text) == tokenize_slowly(text)


def test_the_memory_of_words_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED_WORDS", 10)
    text = " ".join(f"word{n} ~{n}~" for n in range(100))
    assert tokenize(text) == tokenize_slowly(text)
    assert len(tokens._PLAIN) <= 10
    assert len(tokens._ODD) <= 10
