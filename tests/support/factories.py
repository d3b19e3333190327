"""Rows for tests, made through the services that make them in earnest; every function has defaults."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.models import Conversation, Seat, Utterance
from collection.services.conversations import conversation_stop
from collection.services.lobby import seat_ready, ticket_open, ticket_pair
from collection.services.surveys import (
    PreChatAnswers,
    SeekerAnswers,
    SupporterAnswers,
    pre_chat_submit,
    seeker_survey_submit,
    supporter_survey_submit,
)
from collection.services.utterances import Draft, Sent, utterance_send
from study import protocol_files
from study.domain import protocol as protocol_domain
from study.domain.recruitment import Arrival
from study.models import Participation, ProtocolVersion, Study
from study.models.participant import Role
from study.services.participations import consent_give, participation_enter, role_choose
from study.services.protocols import protocol_store
from study.services.studies import study_create
from tutorial import api as tutorial

_numbers = itertools.count(1)
STRATEGY = "question"
PRE_CHAT = PreChatAnswers(
    problem="job_crisis",
    emotion="anxiety",
    experience="current",
    intensity_before=4,
    situation="The team I work in is being dissolved and nobody tells us what will become of each one of us.",
)
SEEKER_ANSWERS = SeekerAnswers(intensity_after=2, empathy=4, relevance=5, ending="natural")
SUPPORTER_ANSWERS = SupporterAnswers(detail=4)


def make_protocol(*, again: Sequence[str] = (), **chat: Any) -> ProtocolVersion:
    """Store `esconv-2021`, or a variant of it with other rules of the chat.

    `again`: outcomes after which a person may take part once more.
    """
    document = protocol_files.read_document("esconv-2021")
    changes: dict[str, Any] = ({"chat": chat} if chat else {}) | (
        {"participation": {"repeat_after": list(again)}} if again else {}
    )
    if changes:
        document = protocol_domain.merge(document, changes)
        document["name"] = f"variant-{protocol_domain.digest(document)[:12]}"
    return protocol_store(document)


def make_study(
    *, is_demo: bool = False, state: str = Study.State.OPEN, again: Sequence[str] = (), **chat: Any
) -> Study:
    """Create a study; `chat` are rules that differ from `esconv-2021`."""
    return study_create(
        f"study-{next(_numbers)}",
        title="A study",
        protocol_version=make_protocol(again=again, **chat),
        contact="team@example.org",
        is_demo=is_demo,
        state=state,
    )


def arrival(person: str = "") -> Arrival:
    """Return an arrival; of somebody new unless `person` is named."""
    number = next(_numbers)
    return Arrival(
        provider="panel", person_id=person or f"person-{number}", session_id=f"submission-{number}"
    )


def make_participation(
    study: Study | None = None,
    *,
    role: str = Role.SEEKER,
    person: str = "",
    device: str = "",
    public_release: bool = True,
    surveyed: bool = True,
    qualified: bool = True,
) -> Participation:
    """Bring somebody to the door of the lobby, or as far as the flags say."""
    participation = participation_enter(study or make_study(), arrival=arrival(person), device=device)
    consent_give(participation.pk, public_release=public_release, contact_again=False)
    participation = role_choose(participation.pk, role=role)
    if role == Role.SEEKER and surveyed:
        pre_chat_submit(participation, PRE_CHAT)
    if role == Role.SUPPORTER and qualified:
        qualify(participation)
    return participation


def qualify(participation: Participation) -> None:
    """Admit a supporter, as the study team may."""
    tutorial.qualification_grant(participation.participant, protocol_version=participation.protocol_version)


@dataclass(slots=True)
class Pair:
    """A conversation and its two seats."""

    conversation: Conversation
    seeker: Seat
    supporter: Seat

    def refresh(self) -> Pair:
        """Read all three again."""
        for row in (self.conversation, self.seeker, self.supporter):
            row.refresh_from_db()
        return self

    def seat(self, role: str) -> Seat:
        """Return one side's seat."""
        return self.seeker if role == Role.SEEKER else self.supporter

    def say(self, role: str, text: str = "", *, strategy: str | None = "", uid: str = "") -> Sent:
        """Say something from one side; a supporter names a strategy unless told otherwise."""
        return utterance_send(self.draft(role, text, strategy=strategy, uid=uid))

    def draft(self, role: str, text: str = "", *, strategy: str | None = "", uid: str = "") -> Draft:
        """Return a message that was not sent yet."""
        number = next(_numbers)
        if strategy == "":
            strategy = STRATEGY if role == Role.SUPPORTER else None
        return Draft(
            conversation_id=self.conversation.pk,
            seat_id=self.seat(role).pk,
            client_uid=uid or f"client-{number:08}",
            text=text or f"This is message number {number}.",
            strategy=strategy,
        )

    def texts(self) -> list[str]:
        """Return what was said, in order."""
        return list(self._utterances().values_list("text", flat=True))

    def ordinals(self) -> list[int]:
        """Return the ordinals in order."""
        return list(self._utterances().values_list("ordinal", flat=True))

    def _utterances(self) -> Any:
        return Utterance.objects.filter(conversation=self.conversation).order_by("ordinal")


def make_conversation(
    study: Study | None = None, *, state: State = State.CHATTING, reason: EndReason = EndReason.TIME_UP
) -> Pair:
    """Bring a conversation into a state, by the way that leads there."""
    study = study or make_study()
    seeker = make_participation(study)
    supporter = make_participation(study, role=Role.SUPPORTER)
    return pair_up(seeker, supporter, state=state, reason=reason)


def pair_up(
    seeker: Participation,
    supporter: Participation,
    *,
    state: State = State.CHATTING,
    reason: EndReason = EndReason.TIME_UP,
) -> Pair:
    """Seat these two and go on to `state`."""
    ticket_open(seeker)
    conversation = ticket_pair(ticket_open(supporter).pk)
    assert conversation is not None
    seats = {seat.role: seat for seat in conversation.seats.all()}
    pair = Pair(conversation=conversation, seeker=seats[Role.SEEKER], supporter=seats[Role.SUPPORTER])
    if state != State.READY_CHECK:
        seat_ready(pair.seeker.pk)
        seat_ready(pair.supporter.pk)
    if state in {State.SURVEYING, State.CLOSED}:
        conversation_stop(conversation.pk, reason=reason)
    if state == State.CLOSED:
        seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
        supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    return pair.refresh()


def make_older(pair: Pair, *, seconds: float) -> Pair:
    """Let time pass for a conversation: every instant of it moves into the past."""
    past = timedelta(seconds=seconds)
    Conversation.objects.filter(pk=pair.conversation.pk).update(
        started_at=F("started_at") - past, deadline_at=F("deadline_at") - past
    )
    Seat.objects.filter(conversation=pair.conversation).update(
        active_at=F("active_at") - past, seen_at=F("seen_at") - past
    )
    Utterance.objects.filter(conversation=pair.conversation).update(sent_at=F("sent_at") - past)
    return pair.refresh()
