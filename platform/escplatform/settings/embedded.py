"""The embedded default: one process, an SQLite file, channel layer and broker in memory. For one machine."""

from __future__ import annotations

from escplatform import env
from escplatform.settings.base import *  # noqa: F403
from escplatform.settings.base import VAR

EMBEDDED = True
SECRET_KEY = env.text("ESC_SECRET_KEY") or env.kept_secret(VAR / "secret.key")
IDENTITY_KEY = env.text("ESC_IDENTITY_KEY") or env.kept_secret(VAR / "identity.key")
ALLOWED_HOSTS = env.words("ESC_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("ESC_ORIGINS")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "db.sqlite3",
        "OPTIONS": {
            # A transaction that reads and then writes must hold the write lock from its start,
            # else it fails at once with "database is locked", whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}
}
CELERY_BROKER_URL = "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
