"""How scripted participants behave: most do their best, some do not."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from collection.domain.scripted import SEEKERS, SUPPORTER_LINES, SeekerScript, SupporterLine


class Manner(StrEnum):
    """What a scripted participant does in the conversation."""

    GOOD = "good"
    """Takes part to the end."""
    CARELESS = "careless"
    """Answers in two or three words."""
    LEAVES = "leaves"
    """Walks out in the middle."""
    SILENT = "silent"
    """Stops answering without leaving."""


@dataclass(frozen=True, slots=True)
class SeekerPersona:
    """A scripted seeker."""

    manner: Manner
    script: SeekerScript
    lines: tuple[str, ...]
    stops_after: int
    """Messages after which a leaving or silent seeker stops."""


@dataclass(frozen=True, slots=True)
class SupporterPersona:
    """A scripted supporter."""

    manner: Manner
    lines: tuple[SupporterLine, ...]
    stops_after: int
    passes_exam: bool


_SHORT = ("ok", "yes I know", "not sure", "maybe so", "it is bad", "I guess", "hm, right")
_WEIGHTS = {Manner.GOOD: 6, Manner.CARELESS: 2, Manner.LEAVES: 1, Manner.SILENT: 1}


def seeker_persona(rng: random.Random) -> SeekerPersona:
    """Draw a seeker: six of ten good, two careless, one who leaves, one who falls silent."""
    manner = _manner(rng)
    script = rng.choice(SEEKERS)
    short = tuple(rng.choice(_SHORT) for _line in script.lines)
    return SeekerPersona(
        manner=manner,
        script=script,
        lines=short if manner is Manner.CARELESS else script.lines,
        stops_after=rng.randint(2, 5),
    )


def supporter_persona(rng: random.Random, *, passes_exam: bool) -> SupporterPersona:
    """Draw a supporter with the same manners."""
    manner = _manner(rng)
    short = tuple(SupporterLine(line.strategy, rng.choice(_SHORT)) for line in SUPPORTER_LINES)
    return SupporterPersona(
        manner=manner,
        lines=short if manner is Manner.CARELESS else SUPPORTER_LINES,
        stops_after=rng.randint(2, 5),
        passes_exam=passes_exam,
    )


def _manner(rng: random.Random) -> Manner:
    return rng.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]
