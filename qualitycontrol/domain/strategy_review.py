"""The review of strategies by several people: which utterances enter, and when a person has to decide.

The rule is the paper's: others than the author look at the annotation, and when more than three quarters of them
disagree with it, it is decided by hand. With four reviewers that takes all four; with five, four of them.
Source: Liu et al. 2021, §4.3, Annotation Correction. Seeds, blind items and gold items are ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

LONGEST_NOTE = 1000
"""Characters of what a reviewer may add to a vote."""


class Mode(StrEnum):
    """What the reviewer sees of the label."""

    VERIFY = "verify"
    """The author's label: review and revise."""
    BLIND = "blind"
    """Nothing, so that agreement is not raised by what stands there already."""


class Entry(StrEnum):
    """Why an utterance is in the queue."""

    SAMPLED = "sampled"
    FLAGGED = "flagged"
    GOLD = "gold"
    """Its label is known; it measures the reviewers and holds nothing up."""


class Action(StrEnum):
    """What an adjudicator decides."""

    KEEP = "keep"
    """The author's label stands."""
    CHANGE = "change"
    """Another label takes its place; the author's is kept beside it."""
    AMBIGUOUS = "ambiguous"
    """No label fits better than another: the author's stands, and the doubt is on record."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How an item is reviewed; from the protocol (`quality.review`)."""

    sampled_share: float
    blind_share: float
    gold_share: float
    adjudicate_above_share: float


def drawn(seed: int, purpose: str, key: str) -> float:
    """Return a number in [0, 1) that depends on nothing but the arguments.

    So nobody can choose what is sampled, and drawing again adds only what is new.
    """
    digest = hashlib.sha256(f"{seed}:{purpose}:{key}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def place(seed: int, key: str) -> int:
    """Return where an item stands in the queue: an order that mixes all conversations."""
    return int(drawn(seed, "place", key) * 2**31)


def entry(
    ordinal: int, *, key: str, flagged: Collection[int], gold: bool, rule: Rule, seed: int
) -> Entry | None:
    """Return why a supporter's utterance enters the queue; None where it does not."""
    if gold:
        return Entry.GOLD
    if ordinal in flagged:
        return Entry.FLAGGED
    return Entry.SAMPLED if drawn(seed, "sample", key) < rule.sampled_share else None


def mode(why: Entry, *, key: str, rule: Rule, seed: int) -> Mode:
    """Return how an item is shown. A gold item shows nothing: its label would be the answer."""
    if why is Entry.GOLD or drawn(seed, "blind", key) < rule.blind_share:
        return Mode.BLIND
    return Mode.VERIFY


def gold_is_due(reviewer: int, *, taken: int, rule: Rule) -> bool:
    """Return whether the next item of a reviewer who took `taken` so far is a gold one."""
    return drawn(reviewer, "gold", str(taken)) < rule.gold_share


def disagreement(votes: Sequence[str], *, label: str) -> Fraction:
    """Return the share of votes for another label.

    Raises:
        ValueError: there are no votes.
    """
    if not votes:
        raise ValueError("no votes, no share")
    return Fraction(sum(vote != label for vote in votes), len(votes))


def needs_adjudication(votes: Sequence[str], *, label: str, above_share: float) -> bool:
    """Return whether so many disagree that a person decides: strictly more than `above_share`."""
    # Exact on both sides: three of four is not more than 0.75.
    return disagreement(votes, label=label) > Fraction(str(above_share))


def label_after(action: Action, *, label: str, new: str) -> str:
    """Return the label that stands after a decision.

    Raises:
        ValueError: a change names no label or the one that stands, or something else than a change names one.
    """
    if (action is Action.CHANGE) != bool(new):
        raise ValueError("a new strategy belongs to a change, and to nothing else")
    if new == label:
        raise ValueError("this strategy stands there already")
    return new or label
