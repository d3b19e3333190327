"""Whether the sessions behind the sockets still open their seats: who signed out elsewhere is not left connected."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import import_module
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.utils import timezone

from study.access import session_participations


class Visitor(Protocol):
    """What is looked at of a socket."""

    session_key: str
    public_id: str
    session_mark: int | None
    """Which stored form of the session was last found to open the seat."""


V = TypeVar("V", bound=Visitor)


def sessions_read(keys: Collection[str]) -> dict[str, str]:
    """Return the stored form of each session that is not over, by key."""
    rows = _store().get_model_class().objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return dict(rows.values_list("session_key", "session_data"))


def shut_out(visitors: Iterable[V], stored: dict[str, str]) -> list[V]:
    """Return those whose session no longer opens their seat. A session that did not change is not unpacked again."""
    return [visitor for visitor in visitors if not _admitted(visitor, stored.get(visitor.session_key))]


def _admitted(visitor: Visitor, data: str | None) -> bool:
    if data is None:
        return False
    mark = hash(data)
    if mark != visitor.session_mark:
        if visitor.public_id not in session_participations(_store()().decode(data)):
            return False
        visitor.session_mark = mark
    return True


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore
