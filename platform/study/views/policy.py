"""Exceptions to the content security policy, for the pages that a recruiting site needs them on, and no other."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from csp.constants import SELF
from django.http import HttpResponse


def csp_allow_form(response: HttpResponse, action: str) -> HttpResponse:
    """Let this page's forms go to the origin of `action` besides our own."""
    parts = urlsplit(action)
    response._csp_replace = {"form-action": [SELF, f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


def allow_frames(response: HttpResponse, origins: Iterable[str]) -> HttpResponse:
    """Let these origins show this page in a frame. For pages without a session or a decision only."""
    response._csp_replace = {"frame-ancestors": sorted(origins)}  # type: ignore[attr-defined]
    response.xframe_options_exempt = True
    return response
