"""Find the phrases that ask for care in a message: pure, and fast enough to run before every message is stored.

A list cannot know what somebody means. It finds some of what matters and misses some (`docs/explanation/safety.md`);
what it finds leads to a card and to a person who looks, never to a diagnosis and never to an ejection.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from study.domain.errors import ApplicationError
from study.domain.risk_content import SEVERITY, RiskList, RiskRule, Tier, Voice

_TOKEN = re.compile(r"[^\W_]+|[.,;:!?…\n—–()\"]+")
_DROPPED = dict.fromkeys(map(ord, "'’‘ʼ`´\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Apostrophes, so that "don't" and "dont" are one word, and characters that are not seen."""
_BREAK = "."
"""Where a clause ends: no phrase and no negation reaches across."""
MAX_GAP = 2
"""Words that `~` may stand for."""


class OutputRefused(ApplicationError):
    """A program's message holds what must not be said to somebody in distress."""

    code = "output_refused"
    message = "This is not said here."


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a text met, once."""

    rule: str
    category: str
    tier: Tier
    language: str
    version: str
    """Of the list."""
    shows_to: tuple[Voice, ...]

    @property
    def severity(self) -> int:
        """1 for a notice, 3 for what is urgent."""
        return SEVERITY[self.tier]


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases."""

    after: dict[str, _Node] = field(default_factory=dict)
    gap: _Node | None = None
    ends: list[RiskRule | None] = field(default_factory=list)
    """The rules whose phrase ends here; None for an exception."""


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    rule: RiskRule | None


def words(text: str) -> list[str]:
    """Return a text's words, folded for comparison; `.` stands for every end of a clause."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_DROPPED)
    return [token if token[0].isalnum() else _BREAK for token in _TOKEN.findall(folded)]


class Detector:
    """The compiled list of one language."""

    def __init__(self, risk_list: RiskList) -> None:
        self._list = risk_list
        self._root = _Node()
        for rule in risk_list.rules:
            for phrase in rule.phrases:
                self._add(phrase, rule)
        for phrase in risk_list.exceptions:
            self._add(phrase, None)
        self._negations = frozenset(word for phrase in risk_list.negations for word in words(phrase))
        self._breakers = frozenset(word for phrase in risk_list.breakers for word in words(phrase)) | {_BREAK}

    def find(self, tokens: Sequence[str], *, said_by: str) -> list[Finding]:
        """Return what the tokens of one text meet, each rule once, the most severe first."""
        first = self._root.after
        matches = [
            _Match(start, end, rule)
            for start, token in enumerate(tokens)
            if token in first
            for end, node in _walk(tokens, start + 1, first[token])
            for rule in node.ends
        ]
        excepted = [match for match in matches if match.rule is None]
        met: dict[str, RiskRule] = {}
        for match in matches:
            rule = match.rule
            if rule is None or rule.key in met or said_by not in rule.said_by:
                continue
            if any(e.start <= match.start and match.end <= e.end for e in excepted):
                continue
            if rule.negatable and self._negated(tokens, match.start):
                continue
            met[rule.key] = rule
        found = [self._finding(rule) for rule in met.values()]
        return sorted(found, key=lambda finding: -finding.severity)

    def _finding(self, rule: RiskRule) -> Finding:
        return Finding(
            rule=rule.key,
            category=rule.category,
            tier=rule.tier,
            language=self._list.language,
            version=self._list.version,
            shows_to=rule.shows_to,
        )

    def _add(self, phrase: str, rule: RiskRule | None) -> None:
        for path in _variants(phrase):
            node = self._root
            for word in path:
                if word == "~":
                    node.gap = node.gap or _Node()
                    node = node.gap
                else:
                    node = node.after.setdefault(word, _Node())
            if rule not in node.ends:
                node.ends.append(rule)

    def _negated(self, tokens: Sequence[str], start: int) -> bool:
        for token in reversed(tokens[max(0, start - self._list.negation_window) : start]):
            if token in self._breakers:
                return False
            if token in self._negations:
                return True
        return False


def _walk(tokens: Sequence[str], index: int, node: _Node) -> Iterator[tuple[int, _Node]]:
    if node.ends:
        yield index, node
    if index < len(tokens) and (after := node.after.get(tokens[index])) is not None:
        yield from _walk(tokens, index + 1, after)
    if node.gap is not None:
        for skipped in range(MAX_GAP + 1):
            if _BREAK in tokens[index : index + skipped]:
                return
            yield from _walk(tokens, index + skipped, node.gap)


def _variants(phrase: str) -> Iterator[tuple[str, ...]]:
    """Return every way to read a phrase: its alternatives, with and without the words that may be left out."""
    choices: list[list[tuple[str, ...]]] = []
    for part in phrase.split(" "):
        if part == "~":
            choices.append([("~",)])
            continue
        optional = part.endswith("?")
        options = [tuple(words(word)) for word in part.removesuffix("?").split("|")]
        choices.append([*options, ()] if optional else options)
    return (tuple(itertools.chain.from_iterable(path)) for path in itertools.product(*choices))


def find_risks(text: str, detectors: Iterable[Detector], *, said_by: str) -> tuple[Finding, ...]:
    """Return what a text meets in the lists of all languages, the most severe first.

    `said_by` is a `Voice`. An empty answer means that no phrase was met, not that nothing is wrong.
    """
    tokens = words(text)
    found = [finding for detector in detectors for finding in detector.find(tokens, said_by=said_by)]
    return tuple(sorted(found, key=lambda finding: -finding.severity))


def check_output(text: str, detectors: Iterable[Detector]) -> None:
    """Raise unless a program may say `text` from the supporter's seat.

    Raises:
        OutputRefused: the text holds advice that endangers, an insult, or talk of methods.
    """
    if find_risks(text, detectors, said_by=Voice.PROGRAM):
        raise OutputRefused
