"""Only pages of this very site may open a socket.

Channels' AllowedHostsOriginValidator compares host names only: another scheme or port of the same host passes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

App = Callable[[Any, Any, Any], Awaitable[None]]


class ExactOrigin:
    """Refuse a handshake whose Origin is neither the address it came to nor one of CSRF_TRUSTED_ORIGINS."""

    def __init__(self, application: App) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve or refuse (ASGI)."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        # An unknown Host would let a page of any name that resolves here pass for our own.
        known_host = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
        own = known_host and origin == _own(scope, headers, host)
        if origin and (own or origin in settings.CSRF_TRUSTED_ORIGINS):
            await self._application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4001})


def _own(scope: dict[str, Any], headers: dict[bytes, bytes], host: str) -> str:
    secure = scope.get("scheme") == "wss"
    proxy_header = settings.SECURE_PROXY_SSL_HEADER
    if proxy_header is not None:
        name = proxy_header[0].removeprefix("HTTP_").replace("_", "-").lower().encode()
        secure = headers.get(name, b"").decode("latin-1") == proxy_header[1]
    return f"{'https' if secure else 'http'}://{host}"
