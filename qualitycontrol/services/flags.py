"""Find what a researcher should look at."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from collection.api import Conversation, ConversationState, Seat, Utterance, current_strategy
from corpus.labels import Speaker
from qualitycontrol.domain.flags import Evidence, Flag, Sent, flags
from qualitycontrol.models import ConversationFlag
from study.clock import database_now
from study.domain.exam_content import Speaker as TutorialSpeaker
from study.domain.protocol import Protocol
from study.models.participant import Role


@transaction.atomic
def flags_find(conversation_id: int) -> list[ConversationFlag]:
    """Return the flags of a conversation, found anew; a flag that stands keeps the time it was first found.

    It never takes a flag away: what was found once stays to be looked at.
    """
    conversation = Conversation.objects.select_related("protocol_version").get(pk=conversation_id)
    now = database_now()
    return [_keep(conversation, flag, now=now) for flag in flags(_evidence(conversation))]


def _keep(conversation: Conversation, flag: Flag, *, now: datetime) -> ConversationFlag:
    row, _created = ConversationFlag.objects.get_or_create(
        conversation=conversation,
        name=flag.name,
        defaults={"explanation": flag.explanation, "ordinals": list(flag.ordinals), "found_at": now},
    )
    return row


def _evidence(conversation: Conversation) -> Evidence:
    utterances = (
        Utterance.objects.filter(conversation=conversation)
        .select_related("seat")
        .prefetch_related("revisions")
        .order_by("ordinal")
    )
    seats = Seat.objects.filter(conversation=conversation, participation__isnull=False)
    return Evidence(
        messages=[_sent(utterance) for utterance in utterances],
        taught=taught_sentences(conversation.protocol_version.protocol),
        other_openings=_other_openings(conversation),
        devices=list(seats.values_list("participation__device_hash", flat=True)),
    )


def _sent(utterance: Utterance) -> Sent:
    return Sent(
        ordinal=utterance.ordinal,
        speaker=Speaker(utterance.seat.role),
        text=utterance.text,
        strategy=current_strategy(utterance),
        compose_ms=utterance.compose_ms,
        pasted_chars=utterance.pasted_chars,
    )


def taught_sentences(protocol: Protocol) -> list[str]:
    """Return what a supporter may have learned to say: the strategies' examples and the tutorial's answers."""
    examples = [example for strategy in protocol.strategies for example in strategy.examples]
    turns = [
        turn.text
        for subtask in protocol.tutorial.subtasks
        for turn in subtask.excerpt.turns
        if turn.speaker is TutorialSpeaker.SUPPORTER
    ]
    return examples + turns + [subtask.contrast.good for subtask in protocol.tutorial.subtasks]


def _other_openings(conversation: Conversation) -> list[tuple[str, str]]:
    first = Utterance.objects.filter(conversation=OuterRef("pk"), seat__role=Role.SEEKER).order_by("ordinal")
    others = (
        Conversation.objects.filter(study=conversation.study_id, state=ConversationState.CLOSED)
        .exclude(pk=conversation.pk)
        .annotate(opening=Subquery(first.values("text")[:1]))
        .exclude(opening=None)
    )
    return list(others.order_by("pk").values_list("public_id", "opening"))
