"""What this room does when the collection room announces something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collection.signals import practice_partner_wanted
from modeling.errors import AgentUnavailable
from modeling.models import Agent
from modeling.services.agents import agent_check_available
from study.models.participant import Role


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
