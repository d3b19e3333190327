"""Look for words in everything that is stored."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

from study.identity import decrypt
from study.models import ExternalIdentity, ExternalSubmission


def places_holding(words: Collection[str]) -> list[str]:
    """Return every column of every model in which one of the words stands, encrypted ones decrypted."""
    found: list[str] = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                shown = _shown(row, field)
                found += [f"{model.__name__}.{field.name}: {word}" for word in words if word in shown]
    return found


def _shown(row: models.Model, field: Any) -> str:
    value = getattr(row, field.attname)
    if isinstance(row, ExternalIdentity | ExternalSubmission) and field.name == "encrypted":
        return json.dumps(decrypt(bytes(value)))
    if isinstance(row, Session) and field.name == "session_data":
        return json.dumps(row.get_decoded())
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", errors="replace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
