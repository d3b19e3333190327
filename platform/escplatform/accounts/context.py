"""The frame of the account pages, whose views are a library's: menu and way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from study.staff import ACCOUNT, page_context


def account_frame(request: HttpRequest) -> dict[str, Any]:
    """Return what `research_base.html` shows, on account pages only: every other view gives it itself."""
    match = request.resolver_match
    if match is None or getattr(match.func, "staff_access", "") != ACCOUNT:
        return {}
    return page_context(request, section="account")
