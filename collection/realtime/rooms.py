"""One conversation as one process sees it: who listens, and what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from collection.domain.frames import FeedbackView, Status
from collection.domain.lifecycle import State
from collection.realtime.facts import RoomFacts, status_of
from collection.services.utterances import Sent
from study.models.participant import Role

GOING_ON = (State.READY_CHECK, State.CHATTING)


class Listener(Protocol):
    """What a room needs of a socket."""

    role: str
    seat_id: int
    last_ordinal: int

    def show_utterances(self, sent: Sequence[Sent]) -> None: ...
    def show_status(self, status: Status) -> None: ...
    def show_end(self, reason: str) -> None: ...
    def show_typing(self) -> None: ...


class Room:
    """One conversation as this process sees it."""

    def __init__(self, facts: RoomFacts) -> None:
        self.facts = facts
        self.reading = 0
        """Number of the reading that the facts come from."""
        self.listeners: set[Listener] = set()
        self.typed: set[str] = set()
        """Roles that typed since their activity was last stored."""
        self.polls = 0
        self._shown: dict[str, object] = {}
        """What each role was told last, without the seconds that merely pass."""

    @property
    def over(self) -> bool:
        """Whether the conversation has ended."""
        return self.facts.state not in GOING_ON

    def accept(self, facts: RoomFacts, *, reading: int) -> bool:
        """Take what was read, unless it is older than what the room knows; return whether it was taken."""
        if reading < self.reading or facts.last_ordinal < self.facts.last_ordinal:
            return False
        self.facts, self.reading = facts, reading
        return True

    def apply(self, sent: Sent) -> bool:
        """Bring the facts up to date with a message that this process committed; return whether a turn began."""
        facts = self.facts
        new_turn = sent.seeker_turns > facts.seeker_turns
        facts.last_ordinal = max(facts.last_ordinal, sent.ordinal)
        facts.seeker_turns = max(facts.seeker_turns, sent.seeker_turns)
        # Who has sent types no longer: a poll that stored it later would let a program wait for more.
        self.typed.discard(sent.role)
        seat = facts.seats.get(sent.role)
        if seat is not None:
            seat.active_at = seat.seen_at = sent.sent_at
        if sent.asked is not None:
            number, ordinals = sent.asked
            facts.feedback = FeedbackView(number=number, ordinals=ordinals)
        facts.cards |= frozenset(sent.cards)
        return new_turn

    def deliver(self, sent: Sequence[Sent]) -> bool:
        """Show new utterances, in order; return False when a listener lacks something before them."""
        complete = True
        for listener in list(self.listeners):
            fresh = [s for s in sent if s.ordinal > listener.last_ordinal]
            if not fresh:
                continue
            if fresh[0].ordinal != listener.last_ordinal + 1:
                complete = False
                continue
            listener.show_utterances(fresh)
        return complete

    def show_news(self, now: datetime, *, roles: Iterable[str] = (Role.SEEKER, Role.SUPPORTER)) -> None:
        """Tell the listeners of `roles` how things stand, if that is not what they were told last."""
        if self.over:
            for listener in list(self.listeners):
                listener.show_end(self.facts.end_reason)
            return
        for role in roles:
            listeners = [listener for listener in self.listeners if listener.role == role]
            if not listeners:
                continue
            status = status_of(self.facts, role=role, now=now)
            if self._shown.get(role) != (news := self._news(status)):
                self._shown[role] = news
                for listener in listeners:
                    listener.show_status(status)

    def _news(self, status: Status) -> object:
        """Return what of a status is worth a frame: the browser counts the seconds itself."""
        seats = sorted(self.facts.seats.items())
        active = tuple((role, seat.active_at, seat.extended_at) for role, seat in seats)
        return (
            status.state,
            status.seeker_turns,
            status.may_finish,
            status.may_leave_free,
            status.partner_present,
            status.feedback,
            status.resources_shown,
            status.team_answered,
            active,
        )
