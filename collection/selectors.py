"""Reads of the collection room, for its own pages and for the rooms above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from collection.domain.exits import EndReason
from collection.domain.sending import NO_STRATEGY
from collection.models import (
    Conversation,
    FeedbackRequest,
    PreChatSurvey,
    Seat,
    SeekerSurvey,
    SupporterSurvey,
    Utterance,
)
from corpus import record as corpus_record
from corpus.labels import Speaker
from study.domain.protocol import Option, Protocol
from study.models.participant import Role


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What the rooms above may know of a conversation."""

    conversation_id: int
    public_id: str
    origin: str
    finished_by_seeker: bool
    """Imports count as finished: the published files do not say who finished."""
    end_reason: str
    started_at: datetime | None
    ended_at: datetime | None
    protocol_version_id: int
    protocol: Protocol
    record: corpus_record.Conversation
    """With the strategies as they stand after all revisions."""
    public_release: bool
    """Whether every human participant agreed to a public release, and nobody withdrew. False for practice."""


def conversation_get(public_id: str) -> Conversation | None:
    """Return a conversation by its public id."""
    return (
        Conversation.objects.select_related("study", "protocol_version").filter(public_id=public_id).first()
    )


_RELATED = (
    "pre_chat_survey",
    "seeker_survey",
    "supporter_survey",
    "feedback_requests",
    Prefetch("seats", Seat.objects.select_related("participation__consent", "participation__participant")),
    Prefetch("utterances", Utterance.objects.select_related("seat").prefetch_related("revisions")),
)
"""What a record is made of."""


def conversations_facts(
    conversations: QuerySet[Conversation], *, chunk_size: int = 100
) -> Iterator[ConversationFacts]:
    """Yield the facts of many conversations, in the order asked for, with a few queries for each chunk."""
    related = (
        conversations.select_related("study", "protocol_version")
        # A protocol is a long document and parsed once; reading it again for every row would cost more than the row.
        .defer("protocol_version__document")
        .prefetch_related(*_RELATED)
    )
    for conversation in related.iterator(chunk_size=chunk_size):
        yield conversation_facts(conversation)


def conversation_facts(conversation: Conversation) -> ConversationFacts:
    """Return everything that an assessment or a release needs of one conversation."""
    prefetch_related_objects([conversation], *_RELATED)
    return ConversationFacts(
        conversation_id=conversation.pk,
        public_id=conversation.public_id,
        origin=conversation.origin,
        finished_by_seeker=(
            conversation.origin == Conversation.Origin.IMPORTED
            or conversation.end_reason == EndReason.FINISHED
        ),
        end_reason=conversation.end_reason,
        started_at=conversation.started_at,
        ended_at=conversation.ended_at,
        protocol_version_id=conversation.protocol_version_id,
        protocol=conversation.protocol_version.protocol,
        record=conversation_record(conversation),
        public_release=public_release(conversation),
    )


def public_release(conversation: Conversation) -> bool:
    """Return whether every human participant agreed to a public release, and nobody withdrew.

    False for practice and for conversations that test a model: they are no support between people.
    """
    if conversation.origin in {Conversation.Origin.PRACTICE, Conversation.Origin.AGENT}:
        return False
    return all(
        seat.participation.consent is not None
        and seat.participation.consent.public_release
        and seat.participation.participant.withdrawn_at is None
        for seat in conversation.seats.all()
        if seat.participation is not None
    )


def conversation_record(conversation: Conversation) -> corpus_record.Conversation:
    """Return a conversation in the corpus's form (`corpus.record`), with the published labels."""
    prefetch_related_objects([conversation], *_RELATED)
    protocol = conversation.protocol_version.protocol
    utterances = list(conversation.utterances.all())
    before: PreChatSurvey | None = getattr(conversation, "pre_chat_survey", None)
    return corpus_record.Conversation(
        id=conversation.public_id,
        experience=_label(protocol.experiences, before.experience) if before else "",
        emotion=_label(protocol.emotions, before.emotion) if before else "",
        problem=_label(protocol.problems, before.problem) if before else "",
        situation=before.situation if before else "",
        survey=_survey(conversation, before),
        utterances=_utterances(protocol, utterances, list(conversation.feedback_requests.all())),
        minutes=_minutes(utterances),
    )


def _label(options: Sequence[Option], key: str) -> str:
    for option in options:
        if option.key == key:
            return option.corpus_label
    # An import keeps the published label itself: the corpus has more than the protocol offers.
    return key


def _survey(conversation: Conversation, before: PreChatSurvey | None) -> corpus_record.Survey:
    seeker: SeekerSurvey | None = getattr(conversation, "seeker_survey", None)
    supporter: SupporterSurvey | None = getattr(conversation, "supporter_survey", None)
    return corpus_record.Survey(
        intensity_before=before.intensity_before if before else None,
        intensity_after=seeker.intensity_after if seeker else None,
        empathy=seeker.empathy if seeker else None,
        relevance=seeker.relevance if seeker else None,
        detail=supporter.detail if supporter else None,
        seeker_liked=seeker.liked if seeker else "",
        seeker_improve=seeker.improve if seeker else "",
        supporter_liked=supporter.liked if supporter else "",
        supporter_improve=supporter.improve if supporter else "",
    )


def _minutes(utterances: Sequence[Utterance]) -> float | None:
    times = [u.sent_at for u in utterances if u.sent_at is not None]
    return (times[-1] - times[0]).total_seconds() / 60 if times else None


def _utterances(
    protocol: Protocol, utterances: Sequence[Utterance], requests: Sequence[FeedbackRequest]
) -> tuple[corpus_record.Utterance, ...]:
    scores = feedback_places(utterances, requests)
    start = next((u.sent_at for u in utterances if u.sent_at is not None), None)
    index_of = {u.pk: index for index, u in enumerate(utterances)}
    rated = {
        r.pk: tuple(index_of[u.pk] for u in utterances if u.feedback_request_id == r.pk) for r in requests
    }
    return tuple(_utterance(protocol, u, scores.get(u.ordinal), rated=rated, start=start) for u in utterances)


def _utterance(
    protocol: Protocol,
    utterance: Utterance,
    request: FeedbackRequest | None,
    *,
    rated: dict[int, tuple[int, ...]],
    start: datetime | None,
) -> corpus_record.Utterance:
    current, chosen = current_strategy(utterance), chosen_strategy(utterance)
    return corpus_record.Utterance(
        speaker=Speaker(utterance.seat.role),
        text=utterance.text,
        strategy=protocol.strategy(current).corpus_label if current else None,
        original_strategy=protocol.strategy(chosen).corpus_label if chosen and current != chosen else None,
        feedback=request.score if request else None,
        rates=rated[request.pk] if request else (),
        offset_seconds=(
            (utterance.sent_at - start).total_seconds()
            if utterance.sent_at is not None and start is not None
            else None
        ),
    )


def current_strategy(utterance: Utterance) -> str:
    """Return the key of an utterance's strategy after all revisions; "" where it has none."""
    revisions = list(utterance.revisions.all())
    return revisions[-1].new if revisions else chosen_strategy(utterance)


def chosen_strategy(utterance: Utterance) -> str:
    """Return the key of the strategy that was chosen first; "" for a seeker's and for a program without strategies."""
    return "" if utterance.strategy == NO_STRATEGY else utterance.strategy


def feedback_places(
    utterances: Sequence[Utterance], requests: Sequence[FeedbackRequest]
) -> dict[int, FeedbackRequest]:
    """Return which request's score sits on which ordinal: the seeker's first message after the answer.

    A later answer to the same place wins; an answer that no seeker message follows has no place, as in ESConv.
    """
    seeker_ordinals = [u.ordinal for u in utterances if u.seat.role == Role.SEEKER]
    places: dict[int, FeedbackRequest] = {}
    for request in requests:
        if request.score is None or request.answered_after_ordinal is None:
            continue
        place = next((o for o in seeker_ordinals if o > request.answered_after_ordinal), None)
        if place is not None:
            places[place] = request
    return places


def pre_chat_values(name: str) -> list[str]:
    """Return the values of "problem" or "emotion" in use, sorted.

    Walks the index from one value to the next: DISTINCT would read all of a long table for a dozen words.

    Raises:
        ValueError: another name.
    """
    if name not in {"problem", "emotion"}:
        raise ValueError(name)
    # Names of this module's own table and columns, nothing that came from outside.
    table = PreChatSurvey._meta.db_table
    least = f"SELECT min({name}) FROM {table} WHERE conversation_id IS NOT NULL"  # noqa: S608
    walk = (
        f"WITH RECURSIVE used(value) AS ({least} UNION ALL "  # noqa: S608
        f"SELECT ({least} AND {name} > used.value) FROM used WHERE used.value IS NOT NULL) "
        "SELECT value FROM used WHERE value IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(walk)
        return [value for (value,) in cursor.fetchall()]
