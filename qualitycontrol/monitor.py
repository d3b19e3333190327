"""A study as it is at this moment: who waits, which conversations run, who is there, which programs lag behind.

A fixed number of queries, however many conversations run. Instants instead of ages, so that the answer stays the
same while nothing happens but time.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Sum

from collection.api import OPEN_CASES, Conversation, ConversationState, SafetyCase, Seat, Ticket, TicketState
from study.models import LedgerEntry, Study
from study.models.participant import Role

GOING_ON = (ConversationState.READY_CHECK, ConversationState.CHATTING, ConversationState.SURVEYING)
PROGRAM_LATE_SECONDS = 20
"""A program whose turn it has been for so long is late."""


def monitor_now(study: Study, *, now: datetime) -> dict[str, Any]:
    """Return everything that the live page shows, ready to be JSON."""
    conversations = _running(study)
    presence = timedelta(seconds=study.protocol_version.protocol.chat.presence_seconds)
    return {
        "now": now.isoformat(),
        "state": study.state,
        "lobby": _lobby(study, now=now, presence=presence),
        "conversations": [_row(conversation, now=now) for conversation in conversations],
        "health": _health(conversations, now=now),
        "programs": _programs(conversations, now=now),
        "spent_today": str(_spent_today(study, now=now)),
    }


def etag_of(answer: dict[str, Any]) -> str:
    """Return the mark of an answer: another one only when something happened, not when time passed."""
    content = {key: value for key, value in answer.items() if key != "now"}
    return f'"{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]}"'


def _running(study: Study) -> list[Conversation]:
    cases = SafetyCase.objects.filter(state__in=OPEN_CASES).order_by("pk")
    return list(
        Conversation.objects.filter(study=study, state__in=GOING_ON)
        .select_related("protocol_version")
        .defer("protocol_version__document")
        .prefetch_related("seats", Prefetch("safety_cases", cases, to_attr="open_cases"))
        .order_by("pk")
    )


def _row(conversation: Conversation, *, now: datetime) -> dict[str, Any]:
    cases: list[SafetyCase] = conversation.open_cases  # type: ignore[attr-defined]
    rules = conversation.protocol_version.protocol.chat
    return {
        "id": conversation.public_id,
        "state": conversation.state,
        "origin": conversation.origin,
        "since": (conversation.started_at or conversation.created_at).isoformat(),
        "utterances": conversation.last_ordinal,
        "turns": conversation.seeker_turns,
        "quiet_seconds": rules.idle_nudge_seconds,
        "seats": {seat.role: _seat(seat, conversation, now=now) for seat in conversation.seats.all()},
        "flags": sorted({f"{case.kind} {case.severity}" for case in cases}),
    }


def _seat(seat: Seat, conversation: Conversation, *, now: datetime) -> dict[str, Any]:
    return {
        "program": "" if seat.occupant == Seat.HUMAN else seat.occupant,
        "present": seat.occupant != Seat.HUMAN or _present(seat, conversation, now=now),
        "active_at": seat.active_at.isoformat() if seat.active_at else None,
        "done": seat.released_at is not None,
    }


def _present(seat: Seat, conversation: Conversation, *, now: datetime) -> bool:
    presence = timedelta(seconds=conversation.protocol_version.protocol.chat.presence_seconds)
    return seat.seen_at is not None and now - seat.seen_at <= presence


def _lobby(study: Study, *, now: datetime, presence: timedelta) -> list[dict[str, Any]]:
    waiting = Ticket.objects.filter(study=study, state__in=[TicketState.WAITING, TicketState.MATCHED])
    rows = list(waiting.order_by("since").values_list("role", "since", "seen_at", "state"))
    return [
        {
            "role": role,
            "waits": [
                {
                    "since": since.isoformat(),
                    "present": now - seen <= presence,
                    "matched": state == TicketState.MATCHED,
                }
                for held, since, seen, state in rows
                if held == role
            ],
        }
        for role in Role.values
    ]


def _health(conversations: Sequence[Conversation], *, now: datetime) -> dict[str, int]:
    """Return how many people should be connected, and how many gave a sign of life just now."""
    chatting = [c for c in conversations if c.state == ConversationState.CHATTING]
    seats = [
        (seat, conversation)
        for conversation in chatting
        for seat in conversation.seats.all()
        if seat.occupant == Seat.HUMAN
    ]
    present = sum(_present(seat, conversation, now=now) for seat, conversation in seats)
    return {"expected": len(seats), "present": present}


def _programs(conversations: Sequence[Conversation], *, now: datetime) -> list[dict[str, Any]]:
    """Return for each program how many seats it has, and in how many its turn is overdue."""
    seats, late = Counter[str](), Counter[str]()
    for conversation in conversations:
        for seat in conversation.seats.all():
            if seat.occupant == Seat.HUMAN or conversation.state != ConversationState.CHATTING:
                continue
            seats[seat.occupant] += 1
            late[seat.occupant] += _is_late(seat, conversation, now=now)
    return [{"program": name, "seats": count, "late": late[name]} for name, count in sorted(seats.items())]


def _is_late(seat: Seat, conversation: Conversation, *, now: datetime) -> bool:
    if not conversation.last_role or conversation.last_role == seat.role:
        return False
    last = max((other.active_at for other in conversation.seats.all() if other.active_at), default=None)
    return last is not None and now - last > timedelta(seconds=PROGRAM_LATE_SECONDS)


def _spent_today(study: Study, *, now: datetime) -> Decimal:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    booked = LedgerEntry.objects.filter(participation__study=study, booked_at__gte=midnight)
    return (booked.aggregate(total=Sum("amount"))["total"] or Decimal(0)).quantize(Decimal("0.01"))
