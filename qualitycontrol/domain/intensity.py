"""The manual review of the emotion intensity.

Some seekers mistook the intensity of a bad feeling for a good mood. So a conversation that is approved without an
improvement is looked at by a person, and taken only when the revised intensity shows one.
Source: Liu et al. 2021, §4.3, Annotation Correction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qualitycontrol.domain.lifecycle import Event


class Action(StrEnum):
    """What a reviewer says of the final intensity."""

    KEEP = "keep"
    """The seeker meant what was answered."""
    REVERSE = "reverse"
    """The seeker read the scale the other way round."""
    SET = "set"
    """Another value fits what was said."""
    EXCLUDE = "exclude"
    """The conversation should not be in the corpus, whatever its intensity."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer decided, reduced to what follows from it."""

    excluded: bool
    intensity_after: int
    """As it stands after the decision."""


def reversed_intensity(value: int, *, points: int) -> int:
    """Return the value read from the other end of a scale of `points` points."""
    return points + 1 - value


def decision(action: Action, *, after: int, points: int, value: int | None = None) -> Decision:
    """Return what follows from an action; `value` is the one that `Action.SET` sets.

    Raises:
        ValueError: `value` is missing, not wanted, or not on the scale.
    """
    if (value is not None) != (action is Action.SET):
        raise ValueError("a value belongs to setting one, and to nothing else")
    if value is not None and not 1 <= value <= points:
        raise ValueError(f"the value must be 1 to {points}")
    if action is Action.REVERSE:
        return Decision(excluded=False, intensity_after=reversed_intensity(after, points=points))
    return Decision(excluded=action is Action.EXCLUDE, intensity_after=value if value is not None else after)


def needs_second(key: str, *, share: float) -> bool:
    """Return whether a second reviewer is asked about the conversation `key`; true for `share` of all keys.

    Derived from the key, so that nobody can choose, and asking twice gives the same answer.
    """
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) / 2**64
    return drawn < share


def settled(decisions: Sequence[Decision], *, reviewers: int) -> Decision | None:
    """Return the decision that `reviewers` people share; None while there is none, then one more is asked."""
    for found, count in Counter(decisions).items():
        if count >= reviewers:
            return found
    return None


def event(found: Decision, *, before: int, improvement_min: float) -> Event:
    """Return what happens to the assessment."""
    improved = before - found.intensity_after >= improvement_min
    return Event.APPROVE if improved and not found.excluded else Event.REJECT
