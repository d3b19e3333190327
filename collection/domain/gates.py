"""When a conversation may be finished, when a partner may be left, and when feedback is due.

Source: Liu et al. 2021, §4.2 (feedback) and Figure 8 (ten turns and fifteen minutes; three silent minutes).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from study.domain.protocol import ChatRules


def seeker_turns(roles: Iterable[str]) -> int:
    """Return the number of the seeker's turns: runs of consecutive seeker messages, in order of sending."""
    turns = 0
    previous = ""
    for role in roles:
        if role == "seeker" and previous != "seeker":
            turns += 1
        previous = role
    return turns


def may_finish(rules: ChatRules, *, turns: int, started_at: datetime, now: datetime) -> bool:
    """Return whether the seeker may end the conversation as finished."""
    long_enough = now - started_at >= timedelta(seconds=rules.finish_min_seconds)
    return turns >= rules.finish_min_seeker_turns and long_enough


def silence_limit_seconds(rules: ChatRules, *, last_active_at: datetime, extended_at: datetime | None) -> int:
    """Return after how much silence of one side the other may leave without loss.

    An extension counts for the silence in which it was asked for; a later message begins an ordinary one.
    """
    extended = extended_at is not None and extended_at >= last_active_at
    return rules.partner_idle_seconds + (rules.idle_extension_seconds if extended else 0)


def partner_silent(
    rules: ChatRules, *, last_active_at: datetime, extended_at: datetime | None, now: datetime
) -> bool:
    """Return whether the partner has been silent for so long that leaving costs nothing."""
    limit = silence_limit_seconds(rules, last_active_at=last_active_at, extended_at=extended_at)
    return now - last_active_at >= timedelta(seconds=limit)


def may_extend(
    rules: ChatRules, *, last_active_at: datetime, extended_at: datetime | None, now: datetime
) -> bool:
    """Return whether a silent side may ask for more time: once in a conversation, when it was reminded."""
    reminded = now - last_active_at >= timedelta(seconds=rules.idle_nudge_seconds)
    return extended_at is None and rules.idle_extension_seconds > 0 and reminded


def feedback_due(rules: ChatRules, *, unrated: Sequence[int]) -> bool:
    """Return whether the seeker is to be asked about the supporter utterances `unrated` (ordinals since the last request)."""
    return len(unrated) >= rules.feedback_every
