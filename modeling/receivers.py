"""What this room does when a room below announces something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collection.signals import practice_partner_wanted
from modeling.domain.turn_lifecycle import TurnEvent, turn_sources
from modeling.errors import AgentUnavailable
from modeling.models import Agent, AgentTurn
from modeling.services.agents import agent_check_available
from modeling.services.turns import turn_end
from study.models.participant import Role
from study.signals import participant_withdrawn


@receiver(practice_partner_wanted, dispatch_uid="modeling.practice")
def offer_agent(*, role: str, **_more: Any) -> str | None:
    """Offer the agent that staff chose for practice, where the supporter's seat is free and it is well."""
    agent = Agent.objects.filter(practice=True).first() if role == Role.SEEKER else None
    if agent is None:
        return None
    try:
        agent_check_available(agent)
    except AgentUnavailable:
        return None
    return agent.occupant


@receiver(participant_withdrawn, dispatch_uid="modeling.withdrawal")
def empty_turns(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """Empty messages that were not sent yet: a program may repeat what it was told."""
    turns = AgentTurn.objects.filter(conversation__seats__participation__participant=participant_id)
    for turn in turns.filter(state__in=turn_sources(TurnEvent.DROP)):
        turn_end(turn, TurnEvent.DROP, error="The participant withdrew.")
    return {}
