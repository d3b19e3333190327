"""The unit of every length: NLTK word tokens, computed without downloaded data and many times faster.

`word_tokenize` of NLTK splits sentences with a trained Punkt model that has to be fetched. Here an
untrained Punkt does it; how sentences are split moves the published corpus's mean by about 0.002 tokens.
`tokenize_slowly` is that definition, by NLTK itself. `tokenize` returns the same tokens: the rules look no
further than one word and its neighbours, so each word is split once and remembered. A plain word is split
by rule; for any other NLTK is asked, first for the sentences of the text, then for the word in its place.
Source: Liu et al. 2021, Table 1 and Appendix D (mean utterance length).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nltk.tokenize.destructive import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer

Tokenizer = Callable[[str], list[str]]

REMEMBERED_WORDS = 1 << 15
"""Distinct words kept in memory, more than ESConv has; past it they start afresh, to stay flat on any input."""

_PLAIN_WORD = re.compile(
    r"""([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)           # a stem; single hyphens never split it
        ('(?:s|S|m|M|d|D|ll|LL|re|RE|ve|VE|t|T))?  # what NLTK splits off, if only as n't
        (,|\.+|[?!]+)?                             # how it ends
    """,
    re.VERBOSE,
)
_JOINED_WORD = re.compile(r"\(?[A-Za-z]+(?:(?:[-/\u2019,]|\.{2,})[A-Za-z]+)*\)?[,:;]?")
_JOINTS = re.compile(r"[(),:;\u2019]|\.{2,}")
_LONE_MARKS = re.compile(r"([?!]+|[:;]-?[()]|[,&])|\.+|--?")
_CLOSING = "])}>\"'»\u201d\u2019"
_SPLIT_STEMS = re.compile(r"\b(?:cannot|gimme|gonna|gotta|lemme|wanna)\b", re.IGNORECASE)
"""Stems that NLTK takes apart, or may: left to it."""


def tokenize(text: str) -> list[str]:
    """Return the NLTK word tokens of one utterance."""
    tokens: list[str] = []
    for word in text.split(" "):
        split = _PLAIN[word]
        if split is None:
            return [token for sentence in _sentences().tokenize(text) for token in _split_sentence(sentence)]
        tokens += split
    return tokens


def tokenize_slowly(text: str) -> list[str]:
    """Return what NLTK's own two steps return: the definition that `tokenize` is held to."""
    return [token for sentence in _sentences().tokenize(text) for token in _ask_nltk(sentence)]


def mean_length(texts: Iterable[str], *, tokenize: Tokenizer = tokenize) -> float:
    """Return the average number of tokens per utterance.

    Consecutive utterances of one speaker count separately. Unit: tokens of `tokenize`.

    Raises:
        ValueError: `texts` is empty; an absent speaker has no length.
    Source: Liu et al. 2021, Table 1 and Appendix D.
    """
    lengths = [len(tokenize(text)) for text in texts]
    if not lengths:
        raise ValueError("no utterances: an absent speaker has no mean length")
    return sum(lengths) / len(lengths)


@cache
def _sentences() -> PunktSentenceTokenizer:
    # NLTK brings scipy, pandas and pyarrow with it: 170 MB that no process holds before it meets an odd word.
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    return PunktSentenceTokenizer()


@cache
def _words() -> NLTKWordTokenizer:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return NLTKWordTokenizer()


def _ask_nltk(sentence: str) -> list[str]:
    tokens: list[str] = _words().tokenize(sentence)
    return tokens


class _PlainWords(dict[str, tuple[str, ...] | None]):
    """Tokens of the plain words, the same wherever they stand among others; None for any other word."""

    def __missing__(self, word: str) -> tuple[str, ...] | None:
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        split = self[word] = _split(word)
        return split


class _OddWords(dict[tuple[str, bool, bool], list[str]]):
    """Tokens of the other words, by whether they are first and last of their sentence."""

    def __missing__(self, place: tuple[str, bool, bool]) -> list[str]:
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        word, first, last = place
        # "x" stands for a neighbour: the rules see no more of it than the blank before it.
        tokens = _ask_nltk(f"{'' if first else 'x '}{word}{'' if last else ' x'}")
        split = self[place] = tokens[not first : len(tokens) - (not last)]
        return split


_PLAIN = _PlainWords()
_ODD = _OddWords()


def _split_sentence(sentence: str) -> list[str]:
    words = sentence.split(" ")
    # The rule for the final full stop looks through closing marks, across blanks.
    if words != sentence.split() or not words[-1].strip(_CLOSING):
        return _ask_nltk(sentence)
    tokens: list[str] = []
    end = len(words) - 1
    for at, word in enumerate(words):
        split = _PLAIN[word]
        if split is None:
            tokens += _ODD[word, at == 0, at == end]
        elif at < end and split[-1] == ".":
            tokens.append(word)  # Punkt saw no end here, so the full stop stays.
        else:
            tokens += split
    return tokens


def _split(word: str) -> tuple[str, ...] | None:
    lone = _LONE_MARKS.fullmatch(word)
    if lone is not None:
        return tuple(word) if lone.group(1) else (word,)
    if _JOINED_WORD.fullmatch(word):
        split = tuple(_JOINTS.sub(r" \g<0> ", word).split())
    elif plain := _PLAIN_WORD.fullmatch(word):
        stem, suffix, mark = plain.group(1), plain.group(2) or "", plain.group(3) or ""
        # A full stop ends a sentence, and is then a token, except that Punkt looks at what follows when
        # the word before it is an initial or a number.
        if mark == "." and not suffix and not (len(stem) > 1 and stem.isalpha()):
            return None
        split = (*_split_suffix(stem, suffix), *((mark,) if mark[:1] == "." else mark))
    else:
        return None
    return None if any(map(_SPLIT_STEMS.search, split)) else split


def _split_suffix(stem: str, suffix: str) -> tuple[str, ...]:
    if suffix not in ("'t", "'T"):
        return (stem, suffix) if suffix else (stem,)
    negation = stem[-1] + suffix
    if negation in ("n't", "N'T") and len(stem) > 1:
        return (stem[:-1], negation)
    return (stem + suffix,)
