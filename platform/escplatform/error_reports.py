"""Sends unexpected errors to Sentry, if a DSN is set, without a word that a participant wrote.

A report keeps the types of the exceptions and the places in our code. Everything else that could hold a message,
an answer or an identifier stays here: values and texts of exceptions, local variables, request bodies, query strings,
cookies, headers, breadcrumbs and the user. Paths are kept as routes, because ids of participations stand in them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

WITHHELD = "(withheld)"
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk", "exception")
KEPT_OF_FRAMES = ("filename", "abs_path", "module", "function", "lineno", "in_app")


def configure(**overrides: Any) -> None:
    """Start reporting, if `ESC_SENTRY_DSN` is set. `overrides` go to the client.

    Raises:
        ImproperlyConfigured: the library is not installed.
    """
    if not settings.SENTRY_DSN:
        return
    try:
        import sentry_sdk
    except ImportError:
        raise ImproperlyConfigured(
            "ESC_SENTRY_DSN is set, but sentry-sdk is not installed: pip install -e '.[sentry]'"
        ) from None
    options = {
        "dsn": settings.SENTRY_DSN,
        "data_collection": {"user_info": False, "http_bodies": []},
        "include_local_variables": False,
        "include_source_context": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "server_name": "",
        "before_send": scrub,
        "before_send_transaction": lambda _event, _hint: None,
    }
    sentry_sdk.init(**{**options, **overrides})


def scrub(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Return what of a report may leave the house: what is named here, and nothing that is not."""
    kept = {key: event[key] for key in KEPT if key in event}
    for error in kept.get("exception", {}).get("values", []):
        error["value"] = WITHHELD
        error.pop("mechanism", None)
        for frame in (error.get("stacktrace") or {}).get("frames", []):
            for key in set(frame) - set(KEPT_OF_FRAMES):
                del frame[key]
    return kept
