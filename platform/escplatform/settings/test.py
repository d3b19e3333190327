"""The test suite: a private PostgreSQL whose address the suite fills in when it has started it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from escplatform.settings.base import *  # noqa: F403

EMBEDDED = False
VAR = Path(tempfile.gettempdir())
SECRET_KEY = "the-suite-signs-nothing-that-leaves-this-process"  # noqa: S105
IDENTITY_KEY = "the-suite-encrypts-nothing-that-leaves-this-process"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = ["http://testserver"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "escplatform",
        "USER": "postgres",
        "HOST": "/filled/in/by/tests/conftest.py",
        "CONN_MAX_AGE": 0,
    }
}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CELERY_BROKER_URL = "memory://"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
