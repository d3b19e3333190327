"""When an agent cannot answer: the seeker is told and paid, and an agent that fails again and again rests.

The sweep runs in the general worker, not beside the model: it is there when the model's worker is not.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from kombu.exceptions import OperationalError

from collection.api import ConversationState, program_gave_up, programs_owing
from modeling.domain.turn_lifecycle import TurnEvent, TurnState, turn_sources, turn_target
from modeling.models import Agent, AgentPreview, AgentTurn
from modeling.models.agent import OCCUPANT_PREFIX
from study.clock import database_now

log = logging.getLogger(__name__)
GIVE_UP_SECONDS = 19.0
"""A seeker who waited so long for an agent is told that it does not work: within 25 seconds, sweep included."""
ASK_AGAIN_SECONDS = 7.0
"""An agent that owes an answer for so long is asked again: the first asking may have been lost."""
FAILURES = 3
"""So many turns given up in a row let an agent rest."""
REST = timedelta(minutes=1)
OLD = timedelta(days=1)


def resting(agent: Agent) -> bool:
    """Return whether the agent rests after failures, by the row as it is now."""
    return Agent.objects.filter(pk=agent.pk, paused_until__gt=database_now()).exists()


def turn_went_well(agent: Agent) -> None:
    """Forget earlier failures."""
    Agent.objects.filter(pk=agent.pk).exclude(failures=0, paused_until=None).update(
        failures=0, paused_until=None
    )


def turn_give_up(agent: Agent, turn: AgentTurn, *, reason: str) -> None:
    """Fail a turn, end its conversation for technical reasons, and count the failure against the agent. Once."""
    failed = AgentTurn.objects.filter(pk=turn.pk, state__in=turn_sources(TurnEvent.FAIL)).update(
        state=turn_target(TurnEvent.FAIL), text="", ended_at=database_now(), error=reason[:200]
    )
    if failed:
        _end(agent, turn.conversation_id, reason=reason)


@transaction.atomic
def _end(agent: Agent, conversation_id: int, *, reason: str) -> None:
    if not program_gave_up(conversation_id):
        return
    log.warning("Conversation %s ended because %s gave no answer: %s", conversation_id, agent, reason)
    Agent.objects.filter(pk=agent.pk).update(failures=F("failures") + 1, last_error=reason[:200])
    agent.refresh_from_db()
    if agent.failures >= FAILURES:
        Agent.objects.filter(pk=agent.pk).update(paused_until=database_now() + REST)


def agents_sweep() -> dict[str, int]:
    """Ask agents again that owe an answer, give up on those that owe it for too long, drop what nobody waits for."""
    found = {"asked": 0, "given_up": 0, "dropped": _drop_left_over()}
    agents = {agent.occupant: agent for agent in Agent.objects.all()}
    for owing in programs_owing(OCCUPANT_PREFIX, longer_than_seconds=ASK_AGAIN_SECONDS):
        agent = agents.get(owing.occupant)
        turn = AgentTurn.objects.filter(
            conversation=owing.conversation_id, after_ordinal=owing.last_ordinal
        ).first()
        if agent is None:
            program_gave_up(owing.conversation_id)
        elif owing.waited_seconds < GIVE_UP_SECONDS:
            found["asked"] += _ask_again(owing.conversation_id)
        elif turn is None:
            _end(agent, owing.conversation_id, reason="The agent's worker did not answer.")
            found["given_up"] += 1
        elif turn.state in {TurnState.MAKING, TurnState.READY}:
            turn_give_up(agent, turn, reason="The agent's worker did not answer in time.")
            found["given_up"] += 1
        else:
            # Dropped, and nothing was said since: a refusal at the door. Look at it as a failure.
            _end(agent, owing.conversation_id, reason=turn.error or "The agent's message was refused.")
            found["given_up"] += 1
    _delete_old_previews()
    return found


def _ask_again(conversation_id: int) -> int:
    task = settings.AGENT_TURN_TASKS["agent"]
    try:
        current_app.send_task(task, args=[conversation_id], expires=ASK_AGAIN_SECONDS)
    except OperationalError:
        return 0
    return 1


def _drop_left_over() -> int:
    """Drop turns whose conversation is over or has gone on; their texts go."""
    open_turns = AgentTurn.objects.filter(state__in=turn_sources(TurnEvent.DROP))
    over = ~Q(conversation__state=ConversationState.CHATTING) | ~Q(
        after_ordinal=F("conversation__last_ordinal")
    )
    late = database_now() - timedelta(seconds=ASK_AGAIN_SECONDS)
    # A join cannot be updated; and what is being sent at this moment is left to its worker.
    ids = list(open_turns.filter(over, alive_at__lt=late).values_list("pk", flat=True)[:500])
    return AgentTurn.objects.filter(pk__in=ids, state__in=turn_sources(TurnEvent.DROP)).update(
        state=turn_target(TurnEvent.DROP),
        text="",
        ended_at=database_now(),
        error="The conversation had gone on or ended.",
    )


def _delete_old_previews() -> None:
    AgentPreview.objects.filter(changed_at__lt=database_now() - OLD).delete()
