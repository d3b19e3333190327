"""From where a request comes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - an address that nobody has, for connections without one


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, as the proxy says where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        # Only then is there a proxy that is trusted; the last entry is the one that it wrote itself.
        last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return last or UNKNOWN
    return str(request.META.get("REMOTE_ADDR") or UNKNOWN)
