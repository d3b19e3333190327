"""Conversations with a program in the other seat: nobody waits for it, and the records say so.

A program's key is the seat's occupant: "scripted", or "agent:" and an agent's public id (`modeling.models.Agent`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from collection.domain.errors import LobbyRefused
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketEvent, TicketState
from collection.models import Conversation, ConversationEvent, Seat
from collection.services.conversations import conversation_start
from collection.services.lobby import card_keep, ticket_advance, ticket_of, ticket_open
from collection.services.scripted import SCRIPTED, scripted_seeker_introduce
from collection.services.surveys import pre_chat_hand_over
from collection.signals import practice_partner_wanted
from study.clock import database_now
from study.models import Participation
from study.models.participant import Role


@transaction.atomic
def practice_start(participation: Participation) -> Conversation:
    """Begin a practice conversation at once, with the partner that a room above offers or else a scripted one.

    Its records say so and are never released.

    Raises:
        LobbyRefused: the study is no demonstration, or the participant may not wait for a partner now.
    """
    if not participation.study.is_demo:
        raise LobbyRefused("Practice is possible in a demonstration only.")
    offers = practice_partner_wanted.send(sender=Conversation, role=participation.role)
    occupant = next((str(offer) for _receiver, offer in offers if offer), SCRIPTED)
    return program_conversation_start(
        participation, occupant=occupant, origin=Conversation.Origin.PRACTICE, reason="practice"
    )


@transaction.atomic
def program_conversation_start(
    participation: Participation,
    *,
    occupant: str,
    origin: str = Conversation.Origin.AGENT,
    reason: str = "agent",
) -> Conversation:
    """Begin a conversation of somebody at the lobby's door with a program in the other seat.

    Raises:
        LobbyRefused: the participant may not wait for a partner now, or has found one already.
        NotQualified: a supporter without a valid qualification.
    """
    waited = ticket_of(participation) is not None
    ticket = ticket_open(participation)
    if ticket.state != TicketState.WAITING:
        raise LobbyRefused("A partner has just been found for you.")
    now = database_now()
    conversation = _conversation_create(participation, occupant, origin=origin, reason=reason, now=now)
    if participation.role == Role.SUPPORTER and occupant == SCRIPTED:
        scripted_seeker_introduce(conversation)
    ticket_advance(ticket, TicketEvent.PAIR, conversation=conversation)
    ticket.state = TicketState.MATCHED
    conversation_start(conversation, now=now)
    # Who comes straight to a program has not waited: not even a begun minute.
    ended = now if waited else ticket.since
    ticket_advance(ticket, TicketEvent.SEAT, conversation=conversation, now=ended)
    return conversation


def _conversation_create(
    participation: Participation, occupant: str, *, origin: str, reason: str, now: datetime
) -> Conversation:
    conversation = Conversation.objects.create(
        study=participation.study,
        protocol_version=participation.protocol_version,
        origin=origin,
        state=State.READY_CHECK,
    )
    ConversationEvent.objects.create(
        conversation=conversation, at=now, event="pair", before="", after=State.READY_CHECK, reason=reason
    )
    other = Role.SUPPORTER if participation.role == Role.SEEKER else Role.SEEKER
    Seat.objects.create(
        conversation=conversation, role=participation.role, participation=participation, ready_at=now
    )
    Seat.objects.create(conversation=conversation, role=other, occupant=occupant, ready_at=now)
    card_keep(conversation, participation)
    if participation.role == Role.SEEKER:
        pre_chat_hand_over(participation, conversation)
    return conversation
