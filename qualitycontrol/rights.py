"""What a staff account may do in the strategy review; asked of the database each time, so that a loss counts at once."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Q

REVIEWERS = "reviewers"
"""Group of the staff who vote on strategies."""
ADJUDICATORS = "adjudicators"
"""Group of the staff who decide where the reviewers do not."""


def may_review(user_id: int | None) -> bool:
    """Return whether the account may vote: active staff in the group of reviewers, or a superuser."""
    return _staff_in(user_id, REVIEWERS)


def may_adjudicate(user_id: int | None) -> bool:
    """Return whether the account may decide: active staff in the group of adjudicators, or a superuser."""
    return _staff_in(user_id, ADJUDICATORS)


def _staff_in(user_id: int | None, group: str) -> bool:
    if user_id is None:
        return False
    accounts = get_user_model().objects.filter(pk=user_id, is_active=True, is_staff=True)
    return accounts.filter(Q(is_superuser=True) | Q(groups__name=group)).exists()
