"""What a study will cost and pay, before anybody has come: arithmetic over the pay table and a few assumptions.

Source of the defaults: Liu et al. 2021, §4.1 (425 of 5,449 applicants passed), §4.3 (1,053 of 2,472 conversations
kept) and Table 2 (22.6 minutes of talking; about ten more for the questions). They are shown beside the result and
can be changed there; nothing else depends on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from study.domain.pay import CENT, hourly
from study.domain.protocol import Rewards


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What has to be assumed while nothing is observed."""

    chat_minutes: float = 32.0
    """One side's conversation with its questions."""
    training_minutes: float = 30.0
    passed_percent: float = 100 * 425 / 5449
    """Applicants who pass the exam; all are paid for the training."""
    chats_per_supporter: float = 2472 / 425
    kept_percent: float = 100 * 1053 / 2472
    """Conversations that the corpus keeps."""


@dataclass(frozen=True, slots=True)
class HourlyPay:
    """The rate of one kind of work."""

    work: str
    """"seeker", "supporter" or "training"."""
    amount: Decimal
    minutes: float
    per_hour: Decimal
    below_floor: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the pay table comes to."""

    rates: tuple[HourlyPay, ...]
    per_chat: Decimal
    """Both sides of one finished conversation."""
    training_per_chat: Decimal
    """The training of all applicants, spread over the conversations of those who pass."""
    per_kept: Decimal
    """One conversation of the corpus, all others paid as well."""

    @property
    def below_floor(self) -> list[HourlyPay]:
        """The kinds of work that pay less than the protocol's floor."""
        return [rate for rate in self.rates if rate.below_floor]


def pay_estimate(rewards: Rewards, assumed: Assumptions) -> Estimate:
    """Return rates per hour and costs per conversation, in the study's currency.

    Raises:
        ValueError: a time, a share or the number of chats is not above zero.
    """
    if min(assumed.chat_minutes, assumed.training_minutes, assumed.chats_per_supporter) <= 0:
        raise ValueError("Times and numbers of conversations must be above zero.")
    if not (0 < assumed.passed_percent <= 100 and 0 < assumed.kept_percent <= 100):
        raise ValueError("Shares must be above 0 and at most 100 per cent.")
    sides = {role: rewards.amount("completed", role=role) for role in ("seeker", "supporter")}
    per_chat = sum(sides.values(), Decimal(0))
    training = (
        rewards.training * 100 / _decimal(assumed.passed_percent) / _decimal(assumed.chats_per_supporter)
    )
    return Estimate(
        rates=(
            *(_rate(rewards, role, amount, assumed.chat_minutes) for role, amount in sides.items()),
            _rate(rewards, "training", rewards.training, assumed.training_minutes),
        ),
        per_chat=_cents(per_chat),
        training_per_chat=_cents(training),
        per_kept=_cents((per_chat + training) * 100 / _decimal(assumed.kept_percent)),
    )


def _rate(rewards: Rewards, work: str, amount: Decimal, minutes: float) -> HourlyPay:
    per_hour = hourly(amount, seconds=60 * minutes)
    assert per_hour is not None, "the minutes are above zero"
    return HourlyPay(work, amount, minutes, per_hour, below_floor=per_hour < rewards.floor_per_hour)


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
