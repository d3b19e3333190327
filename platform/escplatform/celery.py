"""The Celery application; rooms register their tasks in `tasks.py`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escplatform.settings.embedded")

app = Celery("escplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
