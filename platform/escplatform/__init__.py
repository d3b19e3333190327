"""The composition root: settings, environment, URLs, sockets, jobs. Wiring only, no models."""

from escplatform.celery import app as celery_app

__all__ = ["celery_app"]
