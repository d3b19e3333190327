"""Errors that a person may cause become a page with a sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from study.domain.errors import ApplicationError


class ErrorPageMiddleware:
    """Show an `ApplicationError` that a view let through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 409 with the error's sentence."""
        if not isinstance(exception, ApplicationError):
            return None
        context = {"title": _("This did not work"), "paragraphs": [str(exception)]}
        return render(request, "study/message.html", context, status=409)
