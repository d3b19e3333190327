"""The arithmetic of pay. Amounts are Decimal, in the study's currency.

What is shown before an end and what is booked at it come from the same function, `pay_lines`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from study.domain.protocol import Rewards

CENT = Decimal("0.01")
CHATS_COMPARED = 2
"""Conversations of a comparison; other protocols pay nothing for each (`rewards.chat`)."""
CHAT_REASON = "chat:"
"""What the ledger's reason for a conversation of a comparison begins with; its number follows."""
PAID_IN_FULL = frozenset({"completed", "partner_left", "safety_exit", "technical_failure"})
"""Outcomes that nobody loses by: with them a comparison pays both of its conversations, held or not."""


@dataclass(frozen=True, slots=True)
class PayLine:
    """One reason to pay, and how much."""

    reason: str
    amount: Decimal
    about: str = ""
    """Public id of the conversation that is paid; empty for what belongs to none."""


def wait_pay(rewards: Rewards, *, wait_seconds: float) -> Decimal:
    """Return the pay for a wait: every minute that was begun counts."""
    minutes = math.ceil(max(0.0, wait_seconds) / 60)
    return minutes * rewards.wait_per_minute


def pay_lines(
    rewards: Rewards,
    *,
    outcome: str,
    role: str = "",
    wait_seconds: float = 0,
    training_share: Decimal = Decimal(0),
    about: str = "",
) -> tuple[PayLine, ...]:
    """Return what an end with `outcome` pays, whatever is booked already; nothing is no line.

    `about`: the conversation that ended so, if it was one.
    `training_share`: how much of an unpaid training is done, 0 to 1.

    Raises:
        KeyError: the table has no such outcome.
    """
    part = (rewards.training * training_share).quantize(CENT, rounding=ROUND_HALF_UP)
    chats = CHATS_COMPARED if outcome in PAID_IN_FULL and role == "seeker" else 0
    lines = (
        PayLine(f"outcome:{outcome}", rewards.amount(outcome, role=role), about),
        *(PayLine(f"{CHAT_REASON}{number}", rewards.chat) for number in range(1, chats + 1)),
        PayLine("wait", wait_pay(rewards, wait_seconds=wait_seconds)),
        PayLine("training_part", part),
    )
    return tuple(line for line in lines if line.amount > 0)


def lines_left(lines: Iterable[PayLine], *, booked: Iterable[PayLine]) -> list[PayLine]:
    """Return the lines that are still to be booked.

    Where a conversation is paid, an end outside of conversations earns nothing of its own: what was done since is
    the wait, which has a line of its own.
    """
    done = {(line.reason, line.about) for line in booked}
    paid = any(about and reason.startswith("outcome:") for reason, about in done)
    return [
        line
        for line in lines
        if (line.reason, line.about) not in done
        and not (paid and not line.about and line.reason.startswith("outcome:"))
    ]


def outcome_kept(rewards: Rewards, outcomes: Sequence[str], *, role: str) -> str:
    """Return the outcome that a participation ends with: the best paid of all, the latest of equally good ones.

    Whoever was left and tries again keeps what the first conversation had earned, whatever the next one brings.

    Raises:
        ValueError: there is none.
    """
    return max(reversed(outcomes), key=lambda outcome: rewards.amount(outcome, role=role))


def hourly(amount: Decimal, *, seconds: float) -> Decimal | None:
    """Return the rate per hour, rounded to cents; None for no time at all."""
    if seconds <= 0:
        return None
    return (amount * 3600 / Decimal(str(seconds))).quantize(CENT)


def most_to_earn(
    rewards: Rewards, *, role: str, training_only: bool = False, trained: bool = False
) -> Decimal:
    """Return the most that somebody inside may still earn, without waits: what a budget has to keep for them.

    `trained`: the training is booked already. Who has no role yet may become a supporter.
    """
    training = Decimal(0) if trained or role == "seeker" else rewards.training
    if training_only:
        return training
    chats = Decimal(0) if role == "supporter" else CHATS_COMPARED * rewards.chat
    return training + chats + max(rewards.amount(row.outcome, role=role) for row in rewards.table)
