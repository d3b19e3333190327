"""Words about accounts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from study.domain.staff_roles import StaffRole


def role_label(role: StaffRole) -> str:
    """Return a role's name and what it is for."""
    return {
        StaffRole.RESEARCHER: _("Researcher: sets up studies, reads conversations, releases, trains"),
        StaffRole.REVIEWER: _("Reviewer: votes on strategies, looks at what was flagged"),
        StaffRole.ADJUDICATOR: _("Adjudicator: decides where the reviewers do not"),
        StaffRole.ADMIN: _("Admin: has every role, and gives and takes them"),
    }[role]
