"""Encrypt every stored identifier anew under the current key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import models, transaction

from study.identity import is_current, reencrypt
from study.models import ExternalIdentity, ExternalSubmission

BATCH = 500
Change = Callable[[Any], bool]


@dataclass(slots=True)
class Rotation:
    """What was found, and what was done unless it was a dry run."""

    current: int = 0
    """Under the current key already."""
    rotated: int = 0
    """Under an old key that is still set."""
    unreadable: int = 0
    """Under no key that is set: left as they are."""


def identifiers_rotate(*, dry_run: bool = False) -> Rotation:
    """Go through all encrypted columns; stopped half-way, a second run does the rest."""
    found = Rotation()
    for model, rotate in (
        (ExternalIdentity, _rotate_bytes),
        (ExternalSubmission, _rotate_bytes),
        (Authenticator, _rotate_secrets),
    ):
        for ids in _batches(model):
            with transaction.atomic():
                rows = model._default_manager.select_for_update().filter(pk__in=ids)
                for row in rows:
                    _count(found, row, rotate)
                    if not dry_run:
                        row.save()
    return found


def _batches(model: type[models.Model]) -> Iterator[list[int]]:
    last = 0
    while ids := list(
        model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield ids
        last = ids[-1]


def _count(found: Rotation, row: Any, rotate: Change) -> None:
    try:
        changed = rotate(row)
    except InvalidToken:
        found.unreadable += 1
        return
    if changed:
        found.rotated += 1
    else:
        found.current += 1


def _rotate_bytes(row: ExternalIdentity | ExternalSubmission) -> bool:
    token = bytes(row.encrypted)
    if is_current(token):
        return False
    row.encrypted = reencrypt(token)
    return True


def _rotate_secrets(row: Authenticator) -> bool:
    """The secret of an app, or the seed and the migrated codes of recovery codes: texts, or lists of texts."""
    changed = False
    for name, value in row.data.items():
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) for text in texts):
            continue
        if all(is_current(text.encode()) for text in texts):
            continue
        fresh = [reencrypt(text.encode()).decode("ascii") for text in texts]
        row.data[name] = fresh if isinstance(value, list) else fresh[0]
        changed = True
    return changed
