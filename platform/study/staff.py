"""Who may see the researchers' pages, and what all of these pages show.

Default-deny: a view below `/research/` says by one of the decorators here whom it is for, and `StaffGate`
(`escplatform.middleware`) lets no other view there answer at all. Rooms that do not know each other share the pages'
frame; the list of sections is the composition root's (`RESEARCH_SECTIONS` in the settings).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from study.domain.staff_roles import StaffRole, roles_in
from study.models import Study
from study.second_factor import second_factor_gate

P = ParamSpec("P")
Account: TypeAlias = AbstractBaseUser | AnonymousUser
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

EVERYBODY = "everybody"
"""Access of the sign-in pages."""
ACCOUNT = "account"
"""Access of the pages about one's own account: any staff account, also one without a role."""


def role_page(*roles: StaffRole) -> Callable[[View[P]], View[P]]:
    """Open the view to active staff with one of the roles.

    Others sign in first; who has no right learns nothing, not even that it exists. A loss of the right counts at once.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), login_url=reverse(settings.LOGIN_URL))
            held = staff_roles(request.user)
            if held.isdisjoint(roles):
                raise Http404
            request.staff_roles = held  # type: ignore[attr-defined]
            return second_factor_gate(request) or _unkept(view(request, *args, **kwargs))

        return declare(wrapped, " ".join(sorted(roles)))

    return decorate


def staff_page(view: View[P]) -> View[P]:
    """Open the view to researchers (and admins, as every view)."""
    return role_page(StaffRole.RESEARCHER)(view)


def reviewer_page(view: View[P]) -> View[P]:
    """Open the view to reviewers."""
    return role_page(StaffRole.REVIEWER)(view)


def adjudicator_page(view: View[P]) -> View[P]:
    """Open the view to adjudicators."""
    return role_page(StaffRole.ADJUDICATOR)(view)


def admin_page(view: View[P]) -> View[P]:
    """Open the view to admins."""
    return role_page(StaffRole.ADMIN)(view)


def account_page(view: View[P]) -> View[P]:
    """Open a page about one's own account to every staff account, also before it has a second factor."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url=reverse(settings.LOGIN_URL))
        if not is_staff(request.user):
            raise Http404
        return _unkept(view(request, *args, **kwargs))

    return declare(wrapped, ACCOUNT)


def declare(view: View[P], access: str) -> View[P]:
    """Write on a view whom it is for: names of roles, `ACCOUNT` or `EVERYBODY`. The gate and the tests read it."""
    view.staff_access = access  # type: ignore[attr-defined]
    return view


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    # Transcripts are about people's distress: no copy stays in a cache.
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def is_staff(user: Account) -> bool:
    """Return whether the account belongs to the study team."""
    return bool(user.is_active and getattr(user, "is_staff", False))


def staff_roles(user: Account) -> frozenset[StaffRole]:
    """Return the account's roles; none for whoever is not active staff."""
    if not is_staff(user) or not isinstance(user, AbstractUser):
        return frozenset()
    groups = set(user.groups.values_list("name", flat=True)) if not user.is_superuser else set()
    return roles_in(groups, is_superuser=user.is_superuser)


def account_has(user_id: int | None, role: StaffRole) -> bool:
    """Return whether the account has the role; asked of the database each time, for services and sockets."""
    if user_id is None:
        return False
    user = get_user_model().objects.filter(pk=user_id).first()
    return user is not None and role in staff_roles(user)


def page_context(request: HttpRequest, *, section: str) -> dict[str, Any]:
    """Return what every page of the researchers shows: the sections and the way out.

    `section` is a key of `RESEARCH_SECTIONS`, the one that the page belongs to.
    """
    return {
        "nav": [
            {"label": label, "url": reverse(url_name), "current": key == section}
            for key, url_name, label in sections_of(request)
        ],
        "account_url": reverse("mfa_index"),
        "logout_url": reverse("account_logout"),
    }


def sections_of(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return key, URL name and label of the sections that the account may open."""
    held = getattr(request, "staff_roles", None)
    roles = staff_roles(request.user) if held is None else held
    return [
        (key, url_name, str(label))
        for key, url_name, label, group in settings.RESEARCH_SECTIONS
        if not roles.isdisjoint(StaffRole(name) for name in (group or StaffRole.RESEARCHER).split())
    ]


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
