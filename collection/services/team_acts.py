"""What the study team does in a running conversation: write to both sides, end it."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection import events
from collection.domain.errors import ConversationOver
from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.text import clean_text
from collection.models import Conversation, Seat, TeamMessage
from collection.services.conversations import conversation_locked, conversation_stop
from collection.services.team_messages import TEXT_MAX_LENGTH
from study.clock import database_now
from study.models import Participation

TEAM_REASONS = (EndReason.TEAM_ENDED, EndReason.TECHNICAL)
"""Why the study team may end a conversation; neither puts the blame on one of the sides."""


@transaction.atomic
def conversation_write(
    conversation_id: int, *, text: str, by: AbstractBaseUser, client_uid: str
) -> list[TeamMessage]:
    """Write to everybody who sits in a conversation, as the study team; the same `client_uid` again changes nothing.

    It stands on each side's own page, and the chat says so at once. It is no utterance, so it enters no corpus.

    Raises:
        TextEmpty, TextTooLong, TextInvalid: see `collection.domain.text`.
        ConversationOver: nobody sits there any more.
    """
    conversation = conversation_locked(conversation_id)
    clean = clean_text(text, max_length=TEXT_MAX_LENGTH)
    seats = Seat.objects.filter(
        conversation=conversation, released_at__isnull=True, participation__isnull=False
    )
    people = list(seats.order_by("pk").values_list("participation", flat=True))
    if not people:
        raise ConversationOver("Nobody is in this conversation any more.")
    now = database_now()
    written = [
        TeamMessage.objects.get_or_create(
            participation_id=person,
            client_uid=client_uid,
            defaults={"author": TeamMessage.Author.TEAM, "by_id": by.pk, "text": clean, "at": now},
        )
        for person in people
    ]
    fresh = [message for message, created in written if created]
    Participation.objects.filter(pk__in=[message.participation_id for message in fresh]).update(
        team_answered=True
    )
    if fresh:
        transaction.on_commit(partial(events.conversation_changed, conversation.pk))
    return fresh


@transaction.atomic
def conversation_end_by_team(conversation_id: int, *, reason: EndReason) -> Conversation:
    """End a running conversation; both sides are paid as the protocol says for this reason.

    Raises:
        ValueError: the team may not end it for this reason.
        ConversationOver: it is not going on.
    """
    if reason not in TEAM_REASONS:
        raise ValueError(reason)
    conversation = conversation_locked(conversation_id)
    if conversation.state != State.CHATTING:
        raise ConversationOver("The conversation is not going on any more.")
    return conversation_stop(conversation_id, reason=reason)
