"""The embedded default: daphne, the Celery worker and beat in one process."""

from __future__ import annotations

import errno
import socket
import threading
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from escplatform.server import serve

MODEL_THREADS = 2
"""Jobs of the `model` queue at once."""
SUPPORTER_THREADS = 16
"""Turns of agents at once: each thread waits for a model that computes in a process of its own."""


class Command(BaseCommand):
    """Serve the platform from one process, with everything it needs inside."""

    help = "Serve the platform from one process: web, worker and beat (the embedded default)."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help serve`."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the port, start the jobs, print the links, serve."""
        if not settings.EMBEDDED:
            raise CommandError(
                "`serve` is the embedded default. In production start daphne, celery worker and celery beat "
                "(docs/how-to/deploy.md)."
            )
        host, port = options["host"], options["port"]
        _check_port(host, port)
        start_jobs()
        self.stdout.write(f"Serving on http://{host}:{port}/ – Ctrl+C stops it.")
        self.stdout.flush()
        serve(host, port)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is in use. Choose another one: make run PORT={port + 1}"
                ) from None
            raise CommandError(f"Cannot serve on {host}:{port}: {error.strerror}.") from None


def start_jobs() -> None:
    """Start three Celery workers and beat in threads of this process.

    Trainings and whatever else is slow have a worker of their own, so that what a chat waits for is never behind them.
    """
    from celery.beat import Scheduler, Service

    from escplatform.celery import app, make_app

    _start_worker(app, queue="celery", pool="solo", concurrency=1)
    # An application of its own: the queues that are consumed belong to the application, not to the worker.
    # More than one thread: a training must not keep a model from its turn in a chat.
    _start_worker(make_app(), queue="model", pool="threads", concurrency=MODEL_THREADS)
    _start_worker(make_app(), queue="supporter", pool="threads", concurrency=SUPPORTER_THREADS)
    # The plain scheduler keeps no file: what is due is in the database, not in beat's memory.
    beat = Service(app, scheduler_cls=Scheduler)
    threading.Thread(target=beat.start, name="celery-beat", daemon=True).start()


def _start_worker(app: Celery, *, queue: str, pool: str, concurrency: int) -> None:
    worker = app.WorkController(
        hostname=f"{queue}@embedded",
        queues=[queue],
        pool=pool,
        concurrency=concurrency,
        quiet=True,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    threading.Thread(target=worker.start, name=f"celery-{queue}", daemon=True).start()
