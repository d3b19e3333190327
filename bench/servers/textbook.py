"""A chat as Channels' own documentation teaches it, with every message stored before it is shown.

    python -m bench.servers.textbook PORT

Environment: BENCH_HOST (PostgreSQL's socket folder), BENCH_REDIS, BENCH_KEEP=1 to keep database connections open.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for-a-benchmark-on-this-machine-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["daphne", "channels"],
    ROOT_URLCONF="bench.servers.textbook",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": os.environ["BENCH_HOST"],
            "CONN_MAX_AGE": None if os.environ.get("BENCH_KEEP") else 0,
        }
    },
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [os.environ["BENCH_REDIS"]]},
        }
    },
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from daphne.server import Server  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns: list[Any] = []


class Message(models.Model):
    """A stored message."""

    room = models.CharField(max_length=100, db_index=True)
    seat = models.IntegerField()
    text = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "textbook"

    def __str__(self) -> str:
        return self.text


class Chat(AsyncWebsocketConsumer):
    """The consumer of the tutorial."""

    async def connect(self) -> None:
        """Join the room's group."""
        self.room, self.seat = (self.scope["url_route"]["kwargs"][name] for name in ("room", "seat"))
        await self.channel_layer.group_add(f"chat_{self.room}", self.channel_name)
        await self.accept()
        await self.send(text_data='{"ready": true}')

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(f"chat_{self.room}", self.channel_name)

    async def receive(self, text_data: str) -> None:
        """Store, then tell the group."""
        text = json.loads(text_data)["message"]
        await self.store(text)
        event = {"type": "chat.message", "message": text, "seat": self.seat}
        await self.channel_layer.group_send(f"chat_{self.room}", event)

    @database_sync_to_async
    def store(self, text: str) -> None:
        """Insert one row."""
        Message.objects.create(room=self.room, seat=self.seat, text=text)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Show what the group was told."""
        await self.send(text_data=json.dumps({"message": event["message"], "seat": event["seat"]}))


def main(port: int) -> None:
    """Serve until killed."""
    if Message._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Message)
    connection.close()
    sockets = URLRouter([path("<str:room>/<int:seat>", Chat.as_asgi())])
    Server(
        application=ProtocolTypeRouter({"websocket": sockets}),
        endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
        signal_handlers=True,
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
