"""The Celery application; rooms register their tasks in `tasks.py`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escplatform.settings.embedded")


def make_app(*, current: bool = False) -> Celery:
    """Return an application with the platform's settings; `current` makes it the one that tasks are sent by."""
    made = Celery("escplatform", set_as_current=current)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.autodiscover_tasks()
    return made


app = make_app(current=True)
