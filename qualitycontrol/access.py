"""Who may see the researchers' pages: staff, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from qualitycontrol.rights import may_adjudicate, may_review

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]
Account: TypeAlias = AbstractBaseUser | AnonymousUser


def staff_page(view: View[P]) -> View[P]:
    """Open the view to active staff only: others sign in first; who has no right learns nothing, not even that it exists."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url=reverse("research:login"))
        if not is_staff(request.user):
            raise Http404
        response = view(request, *args, **kwargs)
        # Transcripts are about people's distress: no copy stays in a cache.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def _page_for(may: Callable[[int | None], bool]) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
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


def is_staff(user: Account) -> bool:
    """Return whether the account belongs to the study team."""
    return bool(user.is_active and getattr(user, "is_staff", False))


def page_context(request: HttpRequest, *, section: str) -> dict[str, Any]:
    """Return what every page of the researchers shows: the sections and the way out."""
    sections = [
        ("conversations", _("Conversations"), True),
        ("review", _("Strategy review"), may_review(request.user.pk)),
        ("adjudication", _("Adjudication"), may_adjudicate(request.user.pk)),
        ("intensity", _("Intensity review"), True),
        ("calibration", _("Calibration"), True),
        ("agreement", _("Agreement"), True),
    ]
    return {
        "nav": [
            {"label": label, "url": reverse(f"research:{name}"), "current": name == section}
            for name, label, open_ in sections
            if open_
        ],
        "logout_url": reverse("research:logout"),
    }
