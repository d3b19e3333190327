"""How often one address, participant or account may ask for something; who asks more gets a page that says so.

The counts are rows (`study.services.attempts`), so they hold across web processes. The numbers stop floods, not people: a
whole class behind one address still gets in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from study.address import client_address
from study.domain.errors import ApplicationError
from study.services.attempts import attempt_allow

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class TooMany(ApplicationError):
    """Too many requests of one kind came from one place."""

    code = "too_many"
    status = 429
    retry = True


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    kind: str
    tries: int
    seconds: int


ENTRY = Limit("entry", 600, 60)
"""By address: arriving at a study by a link."""
JOIN = Limit("join", 60, 60)
"""By participation: opening the lobby."""
EXPORT = Limit("export", 60, 3600)
"""By account: downloading a file."""


def by_address(request: HttpRequest) -> str:
    """Count by the caller's address."""
    return client_address(request)


def by_account(request: HttpRequest) -> str:
    """Count by the account; outside of the decorator that lets accounts in, by address."""
    return f"account {request.user.pk}" if request.user.pk is not None else client_address(request)


def by_path(request: HttpRequest) -> str:
    """Count by the page's own address, in which the participation stands."""
    return request.path


def limited(
    limit: Limit, *, by: Callable[[HttpRequest], str]
) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Let a view answer so many times.

    Raises (from the view):
        TooMany: it was asked more often; `ErrorPageMiddleware` answers 429 with a sentence and a Retry-After.
    """

    def decorate(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not attempt_allow(limit.kind, by(request), tries=limit.tries, seconds=limit.seconds):
                raise TooMany(
                    _(
                        "Too many requests came from here in a short time. Please wait a minute, then try again."
                    )
                )
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
