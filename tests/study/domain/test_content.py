"""Tests of what all worded content has in common."""

from __future__ import annotations

import msgspec
import pytest

from study.domain.content import Entry, Language, Slug, Text, refuse_repeats


class Note(Entry):
    key: Slug
    text: Text
    language: Language = "en"


def test_an_entry_cannot_be_changed() -> None:
    note = Note(key="one", text="Words.")
    with pytest.raises(AttributeError):
        note.text = "Others."  # type: ignore[misc]


def test_an_unknown_key_is_named_with_its_path() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"unknown field `colour` - at `\$\[0\]`"):
        msgspec.convert([{"key": "one", "text": "Words.", "colour": "red"}], tuple[Note, ...])


@pytest.mark.parametrize("text", ["", " ", " leading", "trailing ", "two\nlines"])
def test_text_is_one_clean_paragraph(text: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.text"):
        msgspec.convert({"key": "one", "text": text}, Note)


@pytest.mark.parametrize("key", ["a", "two-words", "two_words", "year-2"])
def test_a_slug_is_accepted(key: str) -> None:
    assert msgspec.convert({"key": key, "text": "Words."}, Note).key == key


@pytest.mark.parametrize("key", ["", "Upper", "-a", "a-", "a--b", "a b", "é"])
def test_another_key_is_refused(key: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.key"):
        msgspec.convert({"key": key, "text": "Words."}, Note)


@pytest.mark.parametrize(
    ("tag", "known"), [("pt-BR", True), ("zh-Hant", True), ("english", False), ("", False)]
)
def test_a_language_is_a_tag(tag: str, known: bool) -> None:
    document = {"key": "one", "text": "Words.", "language": tag}
    if known:
        assert msgspec.convert(document, Note).language == tag
    else:
        with pytest.raises(msgspec.ValidationError, match=r"\$\.language"):
            msgspec.convert(document, Note)


def test_a_repeated_value_is_named() -> None:
    refuse_repeats("key", ["a", "b"])
    with pytest.raises(ValueError, match=r"^key 'b' occurs more than once$"):
        refuse_repeats("key", ["a", "b", "b"])
