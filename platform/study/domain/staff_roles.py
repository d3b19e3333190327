"""What members of the study team may be. Each role is a Django group of that name; an account may have several."""

from __future__ import annotations

from enum import StrEnum


class StaffRole(StrEnum):
    """A role of a staff account. Without one, an account opens nothing but itself."""

    RESEARCHER = "researchers"
    """Sets studies up, reads conversations, releases, trains."""
    REVIEWER = "reviewers"
    """Votes on strategies and looks at what was flagged."""
    ADJUDICATOR = "adjudicators"
    """Decides where the reviewers do not."""
    ADMIN = "admins"
    """Has every role, and gives and takes them."""


EVERY_ROLE = frozenset(StaffRole)


def roles_in(groups: set[str], *, is_superuser: bool = False) -> frozenset[StaffRole]:
    """Return the roles that the groups of these names give; an admin has all of them."""
    if is_superuser or StaffRole.ADMIN in groups:
        return EVERY_ROLE
    return frozenset(role for role in StaffRole if role in groups)
