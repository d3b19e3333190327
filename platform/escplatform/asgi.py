"""HTTP and sockets of one web process."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escplatform.settings.embedded")
http = get_asgi_application()

from django.urls import path  # noqa: E402

from collection.realtime.socket import ChatSocket  # noqa: E402
from escplatform.origin import ExactOrigin  # noqa: E402

sockets = URLRouter(
    [
        # Django's `path` is typed for views; Channels routes any ASGI application with it.
        path("p/<str:public_id>/chat/socket/", ChatSocket.app),  # type: ignore[arg-type, list-item]
    ]
)
application = ProtocolTypeRouter({"http": http, "websocket": ExactOrigin(sockets)})
