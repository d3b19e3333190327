"""What stands before every view: the gate of the team's pages, and sentences instead of tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from study.domain.errors import ApplicationError

log = logging.getLogger(__name__)
GATED = "research/"


class StaffGate:
    """Let no view below `/research/` answer that does not say whom it is for (`study.staff`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        """Answer 404 for a view without a declared access: forgetting it closes a page, it does not open one.

        Raises:
            Http404: the view does not say whom it is for.
        """
        if request.path_info.lstrip("/").startswith(GATED) and not hasattr(view, "staff_access"):
            log.error("%s does not say whom it is for: it answers nobody.", request.resolver_match)
            raise Http404


class PermissionsPolicy:
    """Switch off what no page here uses, so that no script that slipped in could: camera, microphone, place, payment."""

    HEADER = ", ".join(
        f"{name}=()" for name in ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.HEADER)
        return response


class ErrorPageMiddleware:
    """Show an `ApplicationError` that a view let through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the error's status and sentence."""
        if not isinstance(exception, ApplicationError):
            return None
        context = {"title": _("This did not work"), "paragraphs": [str(exception)]}
        response = render(request, "study/message.html", context, status=exception.status)
        if exception.status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = "60"
        return response


class NulGate:
    """Answers 400 to an address with a NUL in its path or its query: PostgreSQL stores none, so nothing has such a name.

    Without it a lookup by that word would break the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let every other address through."""
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("This address is not valid.", content_type="text/plain")
        return self.get_response(request)
