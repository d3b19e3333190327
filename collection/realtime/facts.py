"""What a room must know of its conversation to tell each seat its status. Read for many rooms at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery

from collection.domain import gates
from collection.domain.frames import FeedbackView, Status, UtteranceView
from collection.domain.lifecycle import State
from collection.domain.safety import roles_of
from collection.models import Conversation, FeedbackRequest, Seat, Utterance
from collection.services.utterances import Sent
from study.clock import database_now
from study.domain.protocol import ChatRules
from study.models.participant import Role


@dataclass(slots=True)
class SeatFacts:
    """One seat."""

    seat_id: int
    human: bool
    active_at: datetime | None
    seen_at: datetime | None
    released: bool
    extended_at: datetime | None = None
    team_answered: bool = False


@dataclass(slots=True)
class RoomFacts:
    """One conversation. Kept up to date by the room; reread when somebody else may have changed it."""

    conversation_id: int
    rules: ChatRules
    state: str
    end_reason: str
    started_at: datetime | None
    last_ordinal: int
    seeker_turns: int
    seats: dict[str, SeatFacts]
    feedback: FeedbackView | None
    cards: frozenset[str] = frozenset()
    """The roles that are shown the card of help."""


def facts_read(conversation_ids: Iterable[int]) -> tuple[dict[int, RoomFacts], datetime]:
    """Return the facts of each conversation, and the database's time of reading."""
    ids = list(conversation_ids)
    conversations = (
        Conversation.objects.select_related("protocol_version")
        .defer("protocol_version__document")
        .filter(pk__in=ids)
    )
    facts = {c.pk: _facts(c) for c in conversations}
    for seat in Seat.objects.filter(conversation__in=facts).annotate(
        answered=F("participation__team_answered")
    ):
        facts[seat.conversation_id].seats[seat.role] = SeatFacts(
            seat_id=seat.pk,
            human=seat.occupant == Seat.HUMAN,
            active_at=seat.active_at,
            seen_at=seat.seen_at,
            released=seat.released_at is not None,
            extended_at=seat.extended_at,
            team_answered=bool(seat.answered),
        )
    for conversation_id, feedback in _open_feedback(facts).items():
        facts[conversation_id].feedback = feedback
    return facts, database_now()


def _facts(conversation: Conversation) -> RoomFacts:
    return RoomFacts(
        conversation_id=conversation.pk,
        rules=conversation.protocol_version.protocol.chat,
        state=conversation.state,
        end_reason=conversation.end_reason,
        started_at=conversation.started_at,
        last_ordinal=conversation.last_ordinal,
        seeker_turns=conversation.seeker_turns,
        seats={},
        feedback=None,
        cards=roles_of(conversation.cards),
    )


def _open_feedback(facts: dict[int, RoomFacts]) -> dict[int, FeedbackView]:
    # The last of each conversation and no other: a long conversation has hundreds.
    last = FeedbackRequest.objects.filter(conversation=OuterRef("conversation")).order_by("-number")
    found = FeedbackRequest.objects.filter(
        conversation__in=facts, score__isnull=True, number=Subquery(last.values("number")[:1])
    )
    waiting = {request.pk: request for request in found}
    ordinals: dict[int, list[int]] = {pk: [] for pk in waiting}
    covered = Utterance.objects.filter(feedback_request__in=waiting).order_by("ordinal")
    for request_id, ordinal in covered.values_list("feedback_request_id", "ordinal"):
        ordinals[request_id].append(ordinal)
    return {
        request.conversation_id: FeedbackView(number=request.number, ordinals=tuple(ordinals[pk]))
        for pk, request in waiting.items()
    }


def utterances_read(conversation_id: int, *, after: int) -> list[Sent]:
    """Return the utterances after an ordinal, in order."""
    rows = (
        Utterance.objects.filter(conversation=conversation_id, ordinal__gt=after)
        .select_related("seat")
        .prefetch_related("revisions")
        .order_by("ordinal")
    )
    return [
        Sent(
            conversation_id=conversation_id,
            seat_id=row.seat_id,
            role=row.seat.role,
            client_uid=row.client_uid,
            ordinal=row.ordinal,
            text=row.text,
            strategy=next((r.new for r in reversed(row.revisions.all())), row.strategy),
            sent_at=row.sent_at,
        )
        for row in rows
        if row.sent_at is not None
    ]


def resume_read(conversation_id: int, *, after: int) -> tuple[RoomFacts | None, datetime, list[Sent], bool]:
    """Return the facts, the database's time, the utterances after an ordinal, and whether that ordinal is unknown.

    An ordinal that does not exist gets everything: who names it holds something that was never stored.
    """
    facts, now = facts_read([conversation_id])
    found = facts.get(conversation_id)
    unknown = found is not None and after > found.last_ordinal
    return found, now, utterances_read(conversation_id, after=0 if unknown else after), unknown


def view_of(sent: Sent, *, role: str) -> UtteranceView:
    """Return an utterance as the seat `role` may see it: strategies and client ids only of its own."""
    own = sent.role == role
    return UtteranceView(
        ordinal=sent.ordinal,
        role="seeker" if sent.role == Role.SEEKER else "supporter",
        text=sent.text,
        sent_at=sent.sent_at.isoformat(),
        own=own,
        client_uid=sent.client_uid if own else None,
        strategy=(sent.strategy or None) if own else None,
    )


def status_of(facts: RoomFacts, *, role: str, now: datetime) -> Status:
    """Return what the seat `role` needs to know. `now` is the database's time."""
    other = Role.SUPPORTER if role == Role.SEEKER else Role.SEEKER
    partner, own = facts.seats[other], facts.seats[role]
    idle = _since(partner.active_at or facts.started_at, now)
    partner_limit = _limit(facts, partner)
    chatting = facts.state == State.CHATTING
    return Status(
        state=facts.state,
        elapsed_seconds=_since(facts.started_at, now),
        seeker_turns=facts.seeker_turns,
        may_finish=(
            chatting
            and role == Role.SEEKER
            and facts.started_at is not None
            and gates.may_finish(facts.rules, turns=facts.seeker_turns, started_at=facts.started_at, now=now)
        ),
        may_leave_free=chatting and idle >= partner_limit,
        partner_present=not partner.human or _fresh(partner.seen_at, now, facts.rules.presence_seconds),
        partner_idle_seconds=idle,
        own_idle_seconds=_since(own.active_at or facts.started_at, now),
        partner_limit_seconds=partner_limit,
        own_limit_seconds=_limit(facts, own),
        extension_left=chatting and own.extended_at is None and facts.rules.idle_extension_seconds > 0,
        feedback=facts.feedback if role == Role.SEEKER else None,
        resources_shown=role in facts.cards,
        team_answered=own.team_answered,
    )


def _limit(facts: RoomFacts, seat: SeatFacts) -> int:
    since = seat.active_at or facts.started_at
    if since is None:
        return facts.rules.partner_idle_seconds
    return gates.silence_limit_seconds(facts.rules, last_active_at=since, extended_at=seat.extended_at)


def _since(at: datetime | None, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds()) if at is not None else 0.0


def _fresh(at: datetime | None, now: datetime, seconds: int) -> bool:
    return at is not None and now - at <= timedelta(seconds=seconds)
