"""One web process: daphne with this platform's limits."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandParser

from escplatform.server import serve


class Command(BaseCommand):
    """Serve HTTP and sockets; jobs run elsewhere."""

    help = "Serve HTTP and sockets from one process (production: several of these behind a proxy)."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help web`."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until interrupted."""
        serve(options["host"], options["port"])
