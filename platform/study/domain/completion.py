"""What a recruiting site is told for each outcome, and what it pays by itself.

Sites take a handful of codes, not one for every outcome: outcomes that a site treats alike share a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from study.domain.errors import RecruitmentInvalid
from study.domain.pay import CHATS_COMPARED
from study.domain.protocol import Rewards
from study.domain.recruitment import Action, Part


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Outcomes that share a code."""

    outcomes: tuple[str, ...]
    action: Action
    parts: tuple[Part, ...] = tuple(Part)


GROUPS: Mapping[str, CodeGroup] = MappingProxyType(
    {
        "complete": CodeGroup(
            ("completed", "partner_left", "safety_exit", "technical_failure"), Action.APPROVE
        ),
        "passed": CodeGroup(("passed_training",), Action.APPROVE, parts=(Part.TRAINING,)),
        "failed": CodeGroup(
            ("failed_training",), Action.APPROVE, parts=(Part.WHOLE, Part.TRAINING, Part.SUPPORTER)
        ),
        "partial": CodeGroup(("left_early", "no_match", "withdrawn", "timed_out"), Action.SCREEN_OUT),
        "no_consent": CodeGroup(("no_consent",), Action.RETURN),
    }
)
"""The groups by the names that `manage.py recruitment --code` takes."""


def groups_of(part: Part) -> dict[str, CodeGroup]:
    """Return the groups that can occur in a part of the study."""
    return {name: group for name, group in GROUPS.items() if part in group.parts}


def reward_of(rewards: Rewards, part: Part) -> Decimal:
    """Return what a submission of this part is worth when all goes well: the reward to offer at the site."""
    if part is Part.TRAINING:
        return rewards.training
    chats = 0 if part is Part.SUPPORTER else CHATS_COMPARED
    return rewards.amount("completed", role=part.role) + chats * rewards.chat


def site_pay(action: Action, *, reward: Decimal, screen_out_pay: Decimal) -> Decimal:
    """Return what the site pays by itself for a code with this action.

    Raises:
        RecruitmentInvalid: the screen-out pays as much as the reward, which sites refuse.
    """
    if action is Action.SCREEN_OUT and reward and screen_out_pay >= reward:
        raise RecruitmentInvalid(
            f"A screen-out must pay less than the reward; {screen_out_pay} is not below {reward}."
        )
    pays = {Action.APPROVE: reward, Action.REVIEW: reward, Action.SCREEN_OUT: screen_out_pay}
    return pays.get(action, Decimal(0))
