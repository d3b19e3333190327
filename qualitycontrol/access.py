"""Who may see the researchers' pages: staff, and for the strategy review those with the right to it.

The rule for staff is the study room's, shared by every room.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from qualitycontrol.rights import may_adjudicate, may_review
from study.staff import is_staff, page_context, staff_page

__all__ = ["adjudicator_page", "is_staff", "page_context", "reviewer_page", "staff_page", "user_id"]

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _page_for(may: Callable[[int | None], bool]) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user.pk):
                raise Http404
            return view(request, *args, **kwargs)

        return staff_page(wrapped)

    return decorate


def reviewer_page(view: View[P]) -> View[P]:
    """Open the view to those staff who may review strategies; for all others it does not exist."""
    return _page_for(may_review)(view)


def adjudicator_page(view: View[P]) -> View[P]:
    """Open the view to those staff who may decide about strategies; for all others it does not exist."""
    return _page_for(may_adjudicate)(view)


def user_id(request: HttpRequest) -> int:
    """Return the id of the account; only in views of one of the decorators here."""
    assert request.user.pk is not None, "nobody is let in who is not signed in"
    return int(request.user.pk)
