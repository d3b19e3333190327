"""Tests of what a model must not say."""

from __future__ import annotations

import pytest

from modeling.domain.output import LONGEST, check_reply
from modeling.errors import ReplyUnusable


def check_says(text: str, tidy: str, *, before: tuple[str, ...] = ()) -> None:
    assert check_reply(text, before=before) == tidy


def check_refuses(text: str, *, because: str, before: tuple[str, ...] = ()) -> None:
    with pytest.raises(ReplyUnusable, match=because):
        check_reply(text, before=before)


def test_an_ordinary_message_is_tidied() -> None:
    check_says("  I'm so sorry,\n\n that is hard... ", "I'm so sorry, that is hard...")
    check_says("Take 10 deep breaths (about 3-4 minutes), at 7.30 or 8.15.", "Take 10 deep breaths (about 3-4 minutes), at 7.30 or 8.15.")  # fmt: skip
    check_says("I feel 1 < 2 of it.", "I feel 1 < 2 of it.")
    check_says("what hap@@", "what hap")
    check_says("Same.", "Same.", before=("Same.", "Other."))


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "nothing"),
        (" \n ", "nothing"),
        ("... !!! 123", "nothing"),
        ("x" * (LONGEST + 1), "characters"),
        ("__unk__ hello", "markup"),
        ("hello <|endoftext|>", "markup"),
        ("<b>hello</b>", "markup"),
        ("[Question] what happened?", "label"),
        ("see https://example.org/a", "link"),
        ("try betterhelp.com", "link"),
        ("write to me@example.org", "e-mail"),
        ("call +1 (555) 010-9999 now", "telephone"),
    ],
)
def test_what_is_not_a_message_is_refused(text: str, because: str) -> None:
    check_refuses(text, because=because)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I hear you. That must be very ha", "I hear you."),
        ("What happened? Did you", "What happened?"),
        ("you could try to tal", "you could try to"),
        ("hello", "hello"),
    ],
)
def test_a_text_that_the_limit_ended_is_cut_back(text: str, kept: str) -> None:
    assert check_reply(text, finished=False) == kept
    assert check_reply(text) == text


def test_the_same_twice_in_a_row_is_refused() -> None:
    check_refuses(" Tell me  more. ", because="again", before=("Hello.", "Tell me more."))
