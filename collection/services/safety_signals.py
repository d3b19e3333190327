"""Store what the phrases met, in the transaction of the words themselves; and show the card that they ask for.

Nothing here waits for the network, the queue or a model: a card that is due is a column before the message is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collection.domain.safety import CaseKind, Source, with_roles
from collection.domain.sending import Room, Said
from collection.models import Conversation, SafetySignal, Seat
from collection.services.safety_cases import case_raise
from study.domain.risk import Finding, find_risks
from study.models import Participation


def signals_of_messages(rooms: Sequence[Room], *, now: datetime) -> None:
    """Store what the new messages of locked rooms met. Should be called in the transaction that stores them."""
    met = [(room, said) for room in rooms for said in room.new if said.findings]
    if not met:
        return
    seats = Seat.objects.select_related("participation__study", "participation__protocol_version").defer(
        "participation__protocol_version__document"
    )
    by_id = seats.in_bulk({said.seat_id for _room, said in met})
    for room, said in met:
        _store_message(room.conversation_id, by_id[said.seat_id], said, now=now)


def _store_message(conversation_id: int, seat: Seat, said: Said, *, now: datetime) -> None:
    if seat.participation is not None:
        _store(
            seat.participation,
            said.findings,
            conversation_id=conversation_id,
            source=Source.UTTERANCE,
            ordinal=said.ordinal,
            now=now,
        )
    card_show(conversation_id, frozenset(said.cards), now=now)


def signals_of_answer(
    participation: Participation,
    *texts: str,
    source: Source,
    now: datetime,
    conversation_id: int | None = None,
) -> None:
    """Store what somebody's own answers met; the card is shown to nobody but them.

    Should be called in the transaction that stores the answers.
    """
    detectors = participation.protocol_version.protocol.detectors
    found = [f for text in texts if text for f in find_risks(text, detectors, said_by=participation.role)]
    if not found:
        return
    _store(participation, found, conversation_id=conversation_id, source=source, ordinal=None, now=now)
    if any(finding.shows_to for finding in found):
        _remember_card([participation.pk], now=now)


def _store(
    participation: Participation,
    found: Sequence[Finding],
    *,
    conversation_id: int | None,
    source: Source,
    ordinal: int | None,
    now: datetime,
) -> None:
    case = case_raise(
        participation,
        kind=CaseKind.PHRASES,
        severity=max(finding.severity for finding in found),
        conversation_id=conversation_id,
        now=now,
    )
    SafetySignal.objects.bulk_create(
        SafetySignal(
            case=case,
            source=source,
            ordinal=ordinal,
            rule=finding.rule,
            category=finding.category,
            tier=finding.tier,
            language=finding.language,
            list_version=finding.version,
            at=now,
        )
        for finding in found
    )


def card_show(conversation_id: int, roles: frozenset[str], *, now: datetime) -> None:
    """Show the card of help to these roles, here and on every later page of theirs.

    Should be called while holding a SELECT FOR UPDATE lock on the conversation.
    """
    if not roles:
        return
    shown = Conversation.objects.values_list("cards", flat=True).get(pk=conversation_id)
    if (cards := with_roles(shown, roles)) != shown:
        Conversation.objects.filter(pk=conversation_id).update(cards=cards)
    seats = Seat.objects.filter(conversation=conversation_id, role__in=roles, participation__isnull=False)
    _remember_card([pk for pk in seats.values_list("participation_id", flat=True) if pk is not None], now=now)


def _remember_card(participation_ids: Sequence[int], *, now: datetime) -> None:
    Participation.objects.filter(pk__in=participation_ids, card_at__isnull=True).update(card_at=now)
