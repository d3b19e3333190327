"""Lists of phrases that ask for care, as typed content of the protocol: one list per language, each with its version.

A phrase is words with three marks: `a|b` stands for either word, `word?` may be left out, and `~` stands for up to
two words of any kind. Case, apostrophes and Unicode variants do not matter (`study.domain.risk.words`).
A list never diagnoses: it decides who is shown where help is, and what a person of the study team looks at.
Source: Liu et al. 2021, Ethical Considerations; the phrases are our own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from study.domain.content import Entry, Language, Slug, Text, refuse_repeats

Phrase = Annotated[str, Meta(pattern=r"^[^\s?~|]\S*( \S+)*$", max_length=300)]


class Tier(StrEnum):
    """How soon a person should look. The order is the order of severity."""

    NOTICE = "notice"
    """Worth knowing when the conversation is read anyway."""
    CONCERN = "concern"
    """To be read soon."""
    URGENT = "urgent"
    """To be read first."""


SEVERITY: dict[str, int] = {tier.value: rank for rank, tier in enumerate(Tier, start=1)}
"""1 for the mildest tier: what a queue is sorted by."""


class Voice(StrEnum):
    """Who says something."""

    SEEKER = "seeker"
    SUPPORTER = "supporter"
    PROGRAM = "program"
    """A program in the supporter's seat; what a rule finds there is not sent at all."""


class RiskRule(Entry):
    """Phrases that are handled alike."""

    key: Slug
    category: Slug
    """What the reviewers read: "self_harm", "abuse", …"""
    tier: Tier
    said_by: Annotated[tuple[Voice, ...], Meta(min_length=1)]
    phrases: Annotated[tuple[Phrase, ...], Meta(min_length=1)]
    source: Text
    shows_to: tuple[Voice, ...] = ()
    """The seats that are shown the card at once: the seeker where help is, the supporter what to do."""
    negatable: bool = True
    """Whether a negation just before the phrase cancels it."""

    def __post_init__(self) -> None:
        refuse_repeats("phrase", self.phrases)
        if Voice.PROGRAM in self.shows_to:
            raise ValueError(f"rule {self.key!r}: a program is shown nothing")
        if self.said_by == (Voice.PROGRAM,) and self.shows_to:
            raise ValueError(f"rule {self.key!r}: what a program says is not sent, so nobody is shown a card")


class RiskList(Entry):
    """The phrases of one language."""

    language: Language
    version: Annotated[str, Meta(min_length=1, max_length=20)]
    """Stored with every alert. A change of a single word is a new version."""
    negation_window: Annotated[int, Meta(ge=0, le=8)]
    """How many words before a phrase are searched for a negation."""
    negations: tuple[Phrase, ...]
    rules: Annotated[tuple[RiskRule, ...], Meta(min_length=1)]
    breakers: tuple[Phrase, ...] = ()
    """Words that end a negation's reach: "not … but …"."""
    exceptions: tuple[Phrase, ...] = ()
    """Sayings that hold a phrase without meaning it."""

    def __post_init__(self) -> None:
        refuse_repeats("rule", (rule.key for rule in self.rules))
