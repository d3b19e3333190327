"""Flags: what a researcher should look at. They inform; no verdict depends on one.

That is why their numbers stand here and not in the protocol: they change what is looked at, never what is released.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.labels import Speaker
from study.domain.contact_details import contact_details

COPIED_MIN_WORDS = 6
"""Shorter sentences are anybody's: "How does that make you feel?" is no copy."""
OPENING_MIN_WORDS = 8
OPENING_SIMILARITY = 0.7
"""Share of word trigrams in common from which two openings count as one."""
PASTED_MIN_CHARACTERS = 40
PASTED_SHARE = 0.5
TYPING_MIN_CHARACTERS = 40
TYPING_CHARACTERS_PER_SECOND = 15.0
"""180 words a minute: few people type that fast, nobody while thinking."""
ONE_STRATEGY_MIN_MESSAGES = 8

_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message and how it came to be."""

    ordinal: int
    speaker: Speaker
    text: str
    strategy: str = ""
    compose_ms: int = 0
    """From the first key to sending; 0 where unknown."""
    pasted_chars: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that flags look at."""

    messages: Sequence[Sent]
    taught: Sequence[str] = ()
    """Sentences that supporters have read in the training and at the strategies."""
    other_openings: Sequence[tuple[str, str]] = ()
    """Id and first seeker message of the study's other conversations."""
    devices: Sequence[str] = ()
    """Marks of the browsers in the two seats, where known."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at."""

    name: str
    explanation: str
    ordinals: tuple[int, ...] = ()
    """The messages it is about."""


def flags(evidence: Evidence) -> list[Flag]:
    """Return the flags of a conversation, in the order of `RULES`."""
    return [flag for rule in RULES.values() if (flag := rule(evidence)) is not None]


def words(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    return _WORD.findall(text.lower())


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words."""
    found = words(text)
    return frozenset(tuple(found[i : i + 3]) for i in range(len(found) - 2))


def similarity(one: Iterable[object], other: Iterable[object]) -> float:
    """Return the Jaccard index of two sets: 0 nothing in common, 1 the same; two empty sets have nothing in common."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def _copied_from_training(evidence: Evidence) -> Flag | None:
    taught = {tuple(words(sentence)) for sentence in evidence.taught}
    taught = {sentence for sentence in taught if len(sentence) >= COPIED_MIN_WORDS}
    ordinals = tuple(
        message.ordinal
        for message in evidence.messages
        if message.speaker is Speaker.SUPPORTER and _holds_one_of(words(message.text), taught)
    )
    return (
        Flag("copied_from_training", "The supporter sent sentences of the training.", ordinals)
        if ordinals
        else None
    )


def _holds_one_of(text: list[str], sentences: set[tuple[str, ...]]) -> bool:
    lengths = {len(sentence) for sentence in sentences}
    return any(
        tuple(text[start : start + length]) in sentences
        for length in lengths
        for start in range(len(text) - length + 1)
    )


def _duplicate_opening(evidence: Evidence) -> Flag | None:
    opening = next((m for m in evidence.messages if m.speaker is Speaker.SEEKER), None)
    if opening is None or len(words(opening.text)) < OPENING_MIN_WORDS:
        return None
    own = trigrams(opening.text)
    alike = [
        key for key, text in evidence.other_openings if similarity(own, trigrams(text)) >= OPENING_SIMILARITY
    ]
    if not alike:
        return None
    named = ", ".join(alike[:5]) + (f" and {len(alike) - 5} more" if len(alike) > 5 else "")
    return Flag("duplicate_opening", f"The seeker began nearly as in {named}.", (opening.ordinal,))


def _pasted(evidence: Evidence) -> Flag | None:
    ordinals = tuple(
        message.ordinal
        for message in evidence.messages
        if message.pasted_chars >= PASTED_MIN_CHARACTERS
        and message.pasted_chars >= PASTED_SHARE * len(message.text)
    )
    return Flag("pasted_text", "Most of these messages was pasted.", ordinals) if ordinals else None


def _typed_too_fast(evidence: Evidence) -> Flag | None:
    ordinals = tuple(
        message.ordinal
        for message in evidence.messages
        if message.compose_ms > 0
        and (typed := len(message.text) - message.pasted_chars) >= TYPING_MIN_CHARACTERS
        and typed / (message.compose_ms / 1000) > TYPING_CHARACTERS_PER_SECOND
    )
    return (
        Flag("typed_too_fast", "These messages came faster than people type.", ordinals) if ordinals else None
    )


def _one_strategy(evidence: Evidence) -> Flag | None:
    chosen = [m.strategy for m in evidence.messages if m.speaker is Speaker.SUPPORTER]
    if len(chosen) < ONE_STRATEGY_MIN_MESSAGES or len(set(chosen)) > 1:
        return None
    return Flag(
        "one_strategy", f"All {len(chosen)} messages of the supporter carry one strategy, {chosen[0]}."
    )


def _same_device(evidence: Evidence) -> Flag | None:
    known = [device for device in evidence.devices if device]
    if len(known) < 2 or len(set(known)) > 1:
        return None
    return Flag("same_device", "Both seats were taken from one browser.")


def _identity_exchanged(evidence: Evidence) -> Flag | None:
    kinds: set[str] = set()
    ordinals: list[int] = []
    for message in evidence.messages:
        if found := contact_details(message.text):
            kinds |= {detail.kind for detail in found}
            ordinals.append(message.ordinal)
    if not ordinals:
        return None
    named = ", ".join(sorted(kinds))
    return Flag("identity_exchanged", f"Messages may show who somebody is ({named}).", tuple(ordinals))


RULES: dict[str, Callable[[Evidence], Flag | None]] = {
    "copied_from_training": _copied_from_training,
    "duplicate_opening": _duplicate_opening,
    "pasted_text": _pasted,
    "typed_too_fast": _typed_too_fast,
    "one_strategy": _one_strategy,
    "same_device": _same_device,
    "identity_exchanged": _identity_exchanged,
}
"""Every flag's rule under its name."""
