"""Take conversations in that were collected elsewhere: closed, with both seats empty and their surveys as published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from collection.domain.errors import StrategyUnknown
from collection.domain.exits import EndReason
from collection.domain.gates import seeker_turns
from collection.domain.lifecycle import State
from collection.models import (
    Conversation,
    ConversationEvent,
    FeedbackRequest,
    PreChatSurvey,
    Seat,
    SeekerSurvey,
    SupporterSurvey,
    Utterance,
)
from corpus import record as corpus_record
from corpus.labels import Speaker
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.protocol import Protocol
from study.models import ProtocolVersion, Study
from study.models.participant import Role

IMPORTED = "import"
"""The journal's word for how an imported conversation came into being."""
_BATCH = 100


class AlreadyImported(ApplicationError):
    """The same file was imported before."""

    code = "already_imported"


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The file that records come from."""

    name: str
    sha256: str

    @property
    def label(self) -> str:
        """What `Conversation.source_name` holds."""
        return f"{self.name[:120]} {self.mark}"

    @property
    def mark(self) -> str:
        """The end of the label: a renamed file is the same file."""
        return f"sha256:{self.sha256}"


@transaction.atomic
def conversation_import(
    records: Sequence[corpus_record.Conversation],
    *,
    study: Study,
    protocol_version: ProtocolVersion,
    source: ImportSource,
) -> list[int]:
    """Store `records` as closed conversations of `study` and return their ids, in order; all or nothing.

    They count as finished by the seeker: the published files do not say who finished.

    Raises:
        AlreadyImported: a file with these bytes was imported before.
        StrategyUnknown: the protocol lacks a strategy that a record uses.
    """
    # Two imports at once: the second waits here and then finds the first one's rows.
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if Conversation.objects.filter(source_name__endswith=source.mark).exists():
        raise AlreadyImported(f"{source.name} was imported before; nothing was imported again.")
    now = database_now()
    rows = (
        _conversation(record, index=index, study=study, version=protocol_version, source=source, now=now)
        for index, record in enumerate(records)
    )
    pairs = zip(rows, records, strict=True)
    ids: list[int] = []
    while batch := list(islice(pairs, _BATCH)):
        ids += _store(batch, protocol=protocol_version.protocol, now=now)
    return ids


def _store(
    batch: list[tuple[Conversation, corpus_record.Conversation]], *, protocol: Protocol, now: datetime
) -> list[int]:
    conversations = Conversation.objects.bulk_create(conversation for conversation, _record in batch)
    pairs = list(zip(conversations, [record for _row, record in batch], strict=True))
    seats = _store_seats(conversations, now=now)
    requests = FeedbackRequest.objects.bulk_create(
        request for conversation, record in pairs for request in _requests(conversation, record, now=now)
    )
    request_of = {(request.conversation_id, request.number): request for request in requests}
    Utterance.objects.bulk_create(
        utterance
        for conversation, record in pairs
        for utterance in _utterances(
            conversation, record, protocol=protocol, seats=seats, requests=request_of
        )
    )
    _store_surveys(pairs)
    ConversationEvent.objects.bulk_create(
        ConversationEvent(conversation=c, at=now, event=IMPORTED, after=State.CLOSED) for c in conversations
    )
    return [conversation.pk for conversation in conversations]


def _conversation(
    record: corpus_record.Conversation,
    *,
    index: int,
    study: Study,
    version: ProtocolVersion,
    source: ImportSource,
    now: datetime,
) -> Conversation:
    return Conversation(
        study=study,
        protocol_version=version,
        origin=Conversation.Origin.IMPORTED,
        state=State.CLOSED,
        closed_at=now,
        last_ordinal=len(record.utterances),
        ended_ordinal=len(record.utterances),
        seeker_turns=seeker_turns(utterance.speaker for utterance in record.utterances),
        last_role=record.utterances[-1].speaker if record.utterances else "",
        end_reason=EndReason.FINISHED,
        source_name=source.label,
        source_index=index,
    )


def _store_seats(conversations: Sequence[Conversation], *, now: datetime) -> dict[tuple[int, str], Seat]:
    seats = Seat.objects.bulk_create(
        Seat(conversation=conversation, role=role, released_at=now)
        for conversation in conversations
        for role in Role.values
    )
    return {(seat.conversation_id, seat.role): seat for seat in seats}


def _scored(record: corpus_record.Conversation) -> Iterator[tuple[int, int, int]]:
    """Yield number (from 1), ordinal and score of each message that carries feedback."""
    number = 0
    for ordinal, utterance in enumerate(record.utterances, start=1):
        if utterance.feedback is not None:
            number += 1
            yield number, ordinal, utterance.feedback


def _requests(
    conversation: Conversation, record: corpus_record.Conversation, *, now: datetime
) -> Iterator[FeedbackRequest]:
    for number, ordinal, score in _scored(record):
        yield FeedbackRequest(
            conversation=conversation,
            number=number,
            asked_at=now,
            score=score,
            # The score sits on the seeker's first message after it was given.
            answered_after_ordinal=ordinal - 1,
        )


def _utterances(
    conversation: Conversation,
    record: corpus_record.Conversation,
    *,
    protocol: Protocol,
    seats: dict[tuple[int, str], Seat],
    requests: dict[tuple[int, int], FeedbackRequest],
) -> Iterator[Utterance]:
    scored = [ordinal for _number, ordinal, _score in _scored(record)]
    for ordinal, utterance in enumerate(record.utterances, start=1):
        # A score is about the supporter's utterances since the one before it; what follows the last is unrated.
        number = 1 + sum(place < ordinal for place in scored)
        supporter = utterance.speaker is Speaker.SUPPORTER
        yield Utterance(
            conversation=conversation,
            ordinal=ordinal,
            seat=seats[conversation.pk, utterance.speaker.value],
            client_uid=f"import-{ordinal}",
            strategy=_strategy_key(protocol, utterance.strategy) if supporter else "",
            text=utterance.text,
            feedback_request=requests.get((conversation.pk, number)) if supporter else None,
        )


def _strategy_key(protocol: Protocol, label: str | None) -> str:
    try:
        return protocol.strategy_by_label(label or "").key
    except KeyError:
        raise StrategyUnknown(f"{protocol.title} has no strategy {label!r}.") from None


def _store_surveys(pairs: Sequence[tuple[Conversation, corpus_record.Conversation]]) -> None:
    PreChatSurvey.objects.bulk_create(
        PreChatSurvey(
            conversation=conversation,
            # The labels as published: the corpus has more problems and emotions than the protocol offers.
            problem=record.problem,
            emotion=record.emotion,
            experience=record.experience,
            intensity_before=record.survey.intensity_before,
            situation=record.situation,
        )
        for conversation, record in pairs
        if record.survey.intensity_before is not None
    )
    SeekerSurvey.objects.bulk_create(
        SeekerSurvey(
            conversation=conversation,
            intensity_after=record.survey.intensity_after,
            empathy=record.survey.empathy,
            relevance=record.survey.relevance,
            liked=record.survey.seeker_liked,
            improve=record.survey.seeker_improve,
        )
        for conversation, record in pairs
    )
    SupporterSurvey.objects.bulk_create(
        SupporterSurvey(
            conversation=conversation,
            detail=record.survey.detail,
            liked=record.survey.supporter_liked,
            improve=record.survey.supporter_improve,
        )
        for conversation, record in pairs
    )
