"""Production: PostgreSQL, Redis, several processes behind a proxy that ends TLS."""

from __future__ import annotations

from escplatform import env
from escplatform.settings.base import *  # noqa: F403

EMBEDDED = False
STAFF_SECOND_FACTOR_REQUIRED = True
SECRET_KEY = env.secret("ESC_SECRET_KEY")
IDENTITY_KEY = env.secret("ESC_IDENTITY_KEY")
ALLOWED_HOSTS = env.words("ESC_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("ESC_ORIGINS")

DATABASES = {
    "default": env.database(env.required("DATABASE_URL")) | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
REDIS_URL = env.required("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 3}], "prefix": "esc"},
    }
}
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", REDIS_URL)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ESC_INSECURE_HTTP is for a test of this very set-up on one machine without TLS; `check --deploy` complains of it.
_TLS = not env.flag("ESC_INSECURE_HTTP")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
SECURE_SSL_REDIRECT = _TLS
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _TLS
SECURE_HSTS_PRELOAD = _TLS
SESSION_COOKIE_SECURE = _TLS
CSRF_COOKIE_SECURE = _TLS
if _TLS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
