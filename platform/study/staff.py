"""Who may see the researchers' pages, and what all of these pages show: staff, and nobody else.

Rooms that do not know each other share the pages' frame; the list of sections is the composition root's
(`RESEARCH_SECTIONS` in the settings).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from study.models import Study

P = ParamSpec("P")
Account: TypeAlias = AbstractBaseUser | AnonymousUser


def staff_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Open the view to active staff only: others sign in first; who has no right learns nothing, not even that it exists."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url=reverse("research:login"))
        if not is_staff(request.user):
            raise Http404
        response = view(request, *args, **kwargs)
        # Transcripts are about people's distress: no copy stays in a cache.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def is_staff(user: Account) -> bool:
    """Return whether the account belongs to the study team."""
    return bool(user.is_active and getattr(user, "is_staff", False))


def page_context(request: HttpRequest, *, section: str) -> dict[str, Any]:
    """Return what every page of the researchers shows: the sections and the way out.

    `section` is a key of `RESEARCH_SECTIONS`, the one that the page belongs to.
    """
    groups = _groups(request)
    return {
        "nav": [
            {"label": label, "url": reverse(url_name), "current": key == section}
            for key, url_name, label, group in settings.RESEARCH_SECTIONS
            if group in groups
        ],
        "logout_url": reverse("research:logout"),
    }


def _groups(request: HttpRequest) -> set[str]:
    """Return the groups whose sections the account sees; a superuser sees all."""
    user = request.user
    if not isinstance(user, AbstractUser):
        return {""}
    if user.is_superuser:
        return {group for *_rest, group in settings.RESEARCH_SECTIONS}
    return {"", *user.groups.values_list("name", flat=True)}


def study_page_context(request: HttpRequest, study: Study, *, tab: str) -> dict[str, Any]:
    """Return what every page about one study shows: the sections, the study, and the tabs of its pages.

    `tab` is a key of `STUDY_SECTIONS`, the one that the page belongs to.
    """
    return page_context(request, section="studies") | {
        "study": study,
        "tabs": [
            {"label": label, "url": reverse(url_name, args=[study.slug]), "current": key == tab}
            for key, url_name, label in settings.STUDY_SECTIONS
        ],
    }
