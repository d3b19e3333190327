"""Whose seat a socket is: judged from the session's row in the database, at every connection."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

from collection.domain.lifecycle import OPEN_STATES
from collection.models import Seat
from study.access import session_participations


@dataclass(frozen=True, slots=True)
class SeatAuthority:
    """The right to act for one seat."""

    seat_id: int
    conversation_id: int
    role: str
    public_id: str
    """Of the participation."""
    session_key: str
    burst_messages: int
    burst_seconds: int


def seat_authority(scope: dict[str, Any], public_id: str) -> SeatAuthority | None:
    """Return the open seat of the participation `public_id`, if the connection's session may open it."""
    key = _session_key(scope)
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if public_id not in session_participations(store):
        return None
    seat = (
        Seat.objects.filter(
            participation__public_id=public_id, released_at__isnull=True, conversation__state__in=OPEN_STATES
        )
        .select_related("conversation__protocol_version")
        .defer("conversation__protocol_version__document")
        .first()
    )
    if seat is None:
        return None
    rules = seat.conversation.protocol_version.protocol.chat
    return SeatAuthority(
        seat_id=seat.pk,
        conversation_id=seat.conversation_id,
        role=seat.role,
        public_id=public_id,
        session_key=key,
        burst_messages=rules.burst_messages,
        burst_seconds=rules.burst_seconds,
    )


def _session_key(scope: dict[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            # Django's own reading, as for HTTP: the standard library's drops every cookie after one it dislikes.
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""
