"""What this room does when the rooms below announce something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collection.api import Seat
from collection.signals import chat_left_behind, practice_partner_wanted
from modeling.domain.turn_lifecycle import TurnEvent, turn_sources
from modeling.errors import AgentUnavailable
from modeling.models import Agent, AgentTurn
from modeling.services.agents import agent_check_available
from modeling.services.campaigns import intake_check
from modeling.services.pairs import pair_chat_over, pair_close, pairs_withdraw
from modeling.services.turns import turn_end
from study.models import Participation, Study
from study.models.participant import Role
from study.signals import participant_withdrawn, participation_ended, participation_entered


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


@receiver(participation_entered, dispatch_uid="modeling.intake")
def refuse_who_is_too_many(*, study: Study, **_more: Any) -> None:
    """Let nobody into a campaign that has enough."""
    intake_check(study)


@receiver(chat_left_behind, dispatch_uid="modeling.chat_over")
def go_on_after_chat(*, seat: Seat, **_more: Any) -> None:
    """Lead on to the second conversation or the questions, in the announcing transaction."""
    pair_chat_over(seat)


@receiver(participation_ended, dispatch_uid="modeling.pair_close")
def close_pair(*, participation: Participation, **_more: Any) -> None:
    """Close the pair of somebody whose participation ended on the way, in the announcing transaction."""
    pair_close(participation)


@receiver(participant_withdrawn, dispatch_uid="modeling.comparison_withdrawal")
def forget_answers(*, participant_id: int, **_more: Any) -> dict[str, int]:
    """Delete the answers of somebody who withdraws, in the announcing transaction."""
    return {"comparison_answers": pairs_withdraw(participant_id)}
