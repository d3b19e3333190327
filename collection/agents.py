"""Programs in a seat: who is asked for the next turn, by the task's name, never by import.

A seat's occupant is "human" or an agent's key. The agent's task reads the transcript and answers through the same
service as a person (`collection.services.utterances.utterance_send`).
"""

from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from collection.models import Seat

log = logging.getLogger(__name__)


def turn_wanted(conversation_id: int) -> None:
    """Ask the programs in a conversation to look whether it is their turn. Only a hint: a sweep asks again."""
    seats = Seat.objects.filter(conversation=conversation_id).exclude(occupant=Seat.HUMAN)
    for occupant in seats.values_list("occupant", flat=True):
        kind = occupant.partition(":")[0]
        try:
            current_app.send_task(
                settings.AGENT_TURN_TASKS[kind],
                args=[conversation_id],
                countdown=settings.AGENT_PAUSE_SECONDS,
            )
        except OperationalError:
            log.warning(
                "The broker is away; the agent of conversation %s is asked by the sweep.", conversation_id
            )
