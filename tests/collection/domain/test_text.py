"""Tests of what a person wrote, made storable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.domain.errors import TextEmpty, TextInvalid, TextTooLong
from collection.domain.text import clean_text
from study.domain.errors import ApplicationError


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  hello ", "hello"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("tab\there", "tab here"),
        ("nul\x00, bell\x07, c1\x85", "nul, bell, c1"),
        ("cafe\u0301", "café"),
        ("👩\u200d👧 ok", "👩\u200d👧 ok"),
        ("سلام", "سلام"),
    ],
)
def test_text_is_kept_but_for_what_cannot_be_shown(raw: str, clean: str) -> None:
    assert clean_text(raw, max_length=100) == clean


@pytest.mark.parametrize("raw", ["", "   ", "\n\t\r", "\x00\x01", "\u200b\u200d", "\ufeff", "\u2028"])
def test_what_shows_nothing_is_empty(raw: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(raw, max_length=100)


@pytest.mark.parametrize("raw", ["\ud800", "a\udfffb"])
def test_a_lone_surrogate_is_no_text(raw: str) -> None:
    with pytest.raises(TextInvalid):
        clean_text(raw, max_length=100)


def test_the_limit_counts_what_is_left() -> None:
    assert clean_text(" " + "x" * 100 + "\x00 ", max_length=100) == "x" * 100
    assert clean_text("e\u0301" * 100, max_length=100) == "é" * 100
    with pytest.raises(TextTooLong, match="101 characters; at most 100"):
        clean_text("x" * 101, max_length=100)


@given(st.text(st.characters(codec=None), max_size=60))
def test_whatever_is_written_is_storable_or_refused(raw: str) -> None:
    try:
        text = clean_text(raw, max_length=50)
    except ApplicationError:
        return
    text.encode()
    assert 0 < len(text) <= 50
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in text)
    assert clean_text(text, max_length=50) == text
