"""The arithmetic of pay. Amounts are Decimal, in the study's currency."""

from __future__ import annotations

import math
from decimal import Decimal

from study.domain.protocol import Rewards


def wait_pay(rewards: Rewards, *, wait_seconds: float) -> Decimal:
    """Return the pay for a wait: every minute that was begun counts."""
    minutes = math.ceil(max(0.0, wait_seconds) / 60)
    return minutes * rewards.wait_per_minute


def hourly(amount: Decimal, *, seconds: float) -> Decimal | None:
    """Return the rate per hour, rounded to cents; None for no time at all."""
    if seconds <= 0:
        return None
    return (amount * 3600 / Decimal(str(seconds))).quantize(Decimal("0.01"))
