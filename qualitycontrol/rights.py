"""What a staff account may do in the strategy review; asked of the database each time, so that a loss counts at once."""

from __future__ import annotations

from study.domain.staff_roles import StaffRole
from study.staff import account_has

REVIEWERS = StaffRole.REVIEWER
ADJUDICATORS = StaffRole.ADJUDICATOR


def may_review(user_id: int | None) -> bool:
    """Return whether the account may vote."""
    return account_has(user_id, StaffRole.REVIEWER)


def may_adjudicate(user_id: int | None) -> bool:
    """Return whether the account may decide where the reviewers do not."""
    return account_has(user_id, StaffRole.ADJUDICATOR)
