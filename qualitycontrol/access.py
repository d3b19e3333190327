"""Who may see this room's pages: the rules are the study room's, shared by every room."""

from __future__ import annotations

from django.http import HttpRequest

from study.staff import adjudicator_page, page_context, reviewer_page, staff_page

__all__ = ["adjudicator_page", "page_context", "reviewer_page", "staff_page", "user_id"]


def user_id(request: HttpRequest) -> int:
    """Return the id of the account; only in views of one of the decorators here."""
    assert request.user.pk is not None, "nobody is let in who is not signed in"
    return int(request.user.pk)
