"""What a model must not say to anybody, whatever the study: the shape of a message, not its sense.

Phrases that endanger are the protocol's and are judged where a message is stored (`study.domain.risk`).
"""

from __future__ import annotations

import re

from corpus.labels import STRATEGIES
from modeling.errors import ReplyUnusable

LONGEST = 600
"""Characters. The published corpus's supporters write 100 on average, and nobody reads more in a chat."""
_MARKUP = re.compile(r"<[/!a-z][^>]*>|<\||\|>|__[a-z]+__|\[/?INST\]|```", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|org|net|io|gov|edu|info|co|uk|de)\b", re.IGNORECASE)
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_PHONE = re.compile(r"(?:\+?\d[\s().-]{0,2}){7,}")
_LETTER = re.compile(r"[^\W\d_]")
_LABELS = tuple(f"[{strategy.lower()}]" for strategy in STRATEGIES)


def check_reply(text: str, *, finished: bool = True, before: tuple[str, ...] = ()) -> str:
    """Return a model's text, tidied, if it can be shown; `before` are its own messages so far.

    A text that the length limit ended (`finished` false) is cut back to its last sentence, or else its last word.

    Raises:
        ReplyUnusable: it is empty, without a word, too long, holds markup, a strategy's label, an address or a number
            to call, or says again what was said last.
    """
    # The last mark of a byte-pair text whose model ended in the middle of a word.
    tidy = " ".join(text.split()).removesuffix("@@")
    if not finished:
        tidy = _cut_back(tidy)
    if not _LETTER.search(tidy):
        raise ReplyUnusable("The model said nothing.")
    if len(tidy) > LONGEST:
        raise ReplyUnusable(f"The model's message has {len(tidy)} characters, more than {LONGEST}.")
    found = [
        name
        for name, pattern in (
            ("markup", _MARKUP),
            ("a link", _LINK),
            ("an e-mail address", _EMAIL),
            ("a telephone number", _PHONE),
        )
        if pattern.search(tidy)
    ]
    if any(label in tidy.lower() for label in _LABELS):
        found.append("a strategy's label")
    if found:
        raise ReplyUnusable(f"The model's message holds {' and '.join(found)}.")
    if tidy in before[-1:]:
        raise ReplyUnusable("The model said the same again.")
    return tidy


def _cut_back(text: str) -> str:
    end = max(text.rfind(mark) for mark in ".!?")
    if end >= 0:
        return text[: end + 1]
    words = text.split(" ")
    # The limit may have come in the middle of a word.
    return " ".join(words[:-1]) if len(words) > 1 else text
