"""Agents: make a version, switch it, and seat somebody with it."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from celery import current_app
from django.db import transaction
from django.db.models import Max
from kombu.exceptions import OperationalError

from collection.api import Conversation, program_conversation_start
from modeling.domain.agent_config import parse_config
from modeling.domain.variants import Variant
from modeling.errors import AgentInvalid, AgentUnavailable
from modeling.models import Agent, Checkpoint
from study.clock import database_now
from study.models import Participation
from study.models.participant import Role

log = logging.getLogger(__name__)
WARM_UP_TASK = "modeling.agents_warm_up"
SERVED = (Variant.VANILLA, Variant.JOINT, Variant.RANDOM)
"""Oracle needs the reference's strategy, which a conversation that goes on does not have."""


@transaction.atomic
def agent_create(
    *,
    name: str,
    kind: str,
    by: str,
    checkpoint: Checkpoint | None = None,
    variant: str = "",
    config: dict[str, Any] | None = None,
) -> Agent:
    """Make the next version of the name's agent; the first one where the name is new.

    Raises:
        AgentInvalid: what the kind needs is missing, or the configuration cannot be used.
    """
    settled = parse_config(config or {})
    if not name.strip():
        raise AgentInvalid("Give the agent a name.")
    if (kind == Agent.Kind.CHECKPOINT) != (checkpoint is not None):
        raise AgentInvalid("A trained checkpoint is what this kind of agent needs, and no other kind.")
    if (kind == Agent.Kind.OPENAI) != (settled.server is not None):
        raise AgentInvalid("A server is what this kind of agent needs, and no other kind.")
    if checkpoint is not None:
        _check_variant(checkpoint, variant)
    last = Agent.objects.filter(name=name.strip()).aggregate(last=Max("version"))["last"] or 0
    return Agent.objects.create(
        name=name.strip(),
        version=last + 1,
        kind=kind,
        checkpoint=checkpoint,
        weights_sha256=checkpoint.weights_sha256 if checkpoint else "",
        variant=variant if checkpoint else "",
        config=msgspec.to_builtins(settled),
        created_at=database_now(),
        created_by=by,
    )


def _check_variant(checkpoint: Checkpoint, variant: str) -> None:
    if variant not in [v.value for v in SERVED]:
        raise AgentInvalid("A checkpoint answers as vanilla, joint or random.")
    if Variant(variant).uses_strategies != Variant(checkpoint.run.variant).uses_strategies:
        raise AgentInvalid(f"A checkpoint trained as {checkpoint.run.variant} cannot answer as {variant}.")


@transaction.atomic
def agent_switch(agent: Agent, *, enabled: bool | None = None, practice: bool | None = None) -> Agent:
    """Switch an agent on or off, or let it be the partner of practice conversations instead of another.

    The model of a partner of practice is loaded then: the first seeker's first message would wait for it in vain.
    """
    if practice:
        Agent.objects.filter(practice=True).exclude(pk=agent.pk).update(practice=False)
    changes = {"enabled": enabled, "practice": practice}
    kept: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if enabled:
        # Somebody says that it works again: what went wrong before does not count.
        kept |= {"failures": 0, "paused_until": None}
    Agent.objects.filter(pk=agent.pk).update(**kept)
    agent.refresh_from_db()
    if agent.enabled and agent.practice:
        transaction.on_commit(_ask_to_warm_up)
    return agent


def _ask_to_warm_up() -> None:
    try:
        current_app.send_task(WARM_UP_TASK)
    except OperationalError:
        log.warning("The broker is away; the model is loaded when the first conversation with it begins.")


def agent_check_available(agent: Agent) -> None:
    """Check that somebody may be seated with the agent now.

    Raises:
        AgentUnavailable: it is switched off, or rests after failures.
    """
    agent.refresh_from_db()
    if not agent.enabled:
        raise AgentUnavailable(f"{agent} is switched off.")
    if agent.paused_until is not None and agent.paused_until > database_now():
        raise AgentUnavailable(f"{agent} rests after {agent.failures} failures in a row.")


@transaction.atomic
def agent_conversation_start(participation: Participation, agent: Agent) -> Conversation:
    """Begin a conversation of a seeker at the lobby's door with the agent in the supporter's seat.

    The participant is shown "Supporter", as with a person. The records are those of any conversation; its origin is
    "agent".

    Raises:
        AgentUnavailable: it is switched off, or rests after failures.
        AgentInvalid: the participant is no seeker.
        LobbyRefused: the participant may not wait for a partner now.
    """
    agent_check_available(agent)
    if participation.role != Role.SEEKER:
        raise AgentInvalid("An agent sits in the supporter's seat: the participant must be a seeker.")
    return program_conversation_start(participation, occupant=agent.occupant)
