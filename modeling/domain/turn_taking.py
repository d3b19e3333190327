"""When a program speaks: after a pause, never over its partner, at the speed of somebody who types.

Pure: a conversation as a program sees it, in; what to do now, out.
Source: ours. The paper's seekers and supporters may send several messages in a row (§4.2, Figure 2).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from enum import StrEnum

from modeling.domain.agent_config import Pace

TYPING_STANDS_SECONDS = 4.0
"""A browser tells of typing every three seconds: silent for longer, the partner has stopped."""
CLOSING_SECONDS = 60.0
"""So long before the longest time a goodbye is said."""
_FAREWELL = re.compile(
    r"\b(good\s?bye|bye(?:[ -]?bye)?|good\s?night|see you|talk (?:to you )?(?:later|soon)|take care|farewell|have to go|got to go|gotta go)\b",
    re.IGNORECASE,
)


class Act(StrEnum):
    """What a program does now."""

    NOTHING = "nothing"
    """It is the partner's turn."""
    WAIT = "wait"
    """Its turn comes when the pause is over: look again then."""
    ANSWER = "answer"
    """Make a message with the model."""
    GOODBYE = "goodbye"
    """Say the agent's goodbye."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A conversation at the moment, seconds by the database's clock."""

    last_role: str
    """Whose message is the last; empty where nobody has spoken."""
    own_messages_last: int
    """Messages of one's own since the partner's last."""
    silent_seconds: float
    """Since the partner's last message or keystroke."""
    partner_typing: bool
    """Whether the last sign was a keystroke and is fresh."""
    seconds_left: float | None
    """Until the longest time is over."""
    said_goodbye: bool
    """Whether the goodbye stands among one's own messages since the partner's last."""
    partner_takes_leave: bool
    """Whether the partner's last message is a farewell and the conversation may be finished."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and in how many seconds to look again."""

    act: Act
    seconds: float = 0.0


def next_step(at: Situation, pace: Pace, *, goodbye: str, rng: random.Random) -> Step:
    """Return what the program does now. `rng` is seeded by the conversation and its last ordinal."""
    if not at.last_role or at.said_goodbye:
        return Step(Act.NOTHING)  # the seeker begins, and ends
    if at.partner_typing:
        return Step(Act.WAIT, TYPING_STANDS_SECONDS)
    if at.silent_seconds < pace.pause_seconds and at.last_role == "seeker":
        return Step(Act.WAIT, pace.pause_seconds - at.silent_seconds)
    closing = at.seconds_left is not None and at.seconds_left <= CLOSING_SECONDS
    if goodbye and (closing or (at.partner_takes_leave and at.last_role == "supporter")):
        return Step(Act.GOODBYE)
    if at.last_role == "seeker":
        return Step(Act.ANSWER)
    if at.own_messages_last < pace.messages and rng.random() < pace.another:
        return Step(Act.ANSWER)
    return Step(Act.NOTHING)


def takes_leave(text: str) -> bool:
    """Return whether a message sounds like a farewell."""
    return _FAREWELL.search(text) is not None


def typing_seconds(text: str, pace: Pace, *, made_seconds: float) -> float:
    """Return how long to show typing before a message is sent; the time that making it took counts."""
    return max(0.0, min(len(text) / pace.characters_per_second, pace.longest_seconds) - made_seconds)
