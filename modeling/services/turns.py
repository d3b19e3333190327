"""An agent's turn: look, make a message, show typing, send it, or give up with an apology.

The row is the truth and a task is a hint: a turn is one row for each message that it answers, so two workers that
look at once make one message, and a sweep finds what a worker left behind. Nothing waits inside a task but for the
model: pauses and typing are the time until the next look.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from collection.api import (
    Outdated,
    ProgramView,
    output_check,
    program_say,
    program_types,
    program_view,
    programs_sitting,
)
from modeling.domain.output import check_reply
from modeling.domain.turn_lifecycle import TurnEvent, TurnState, turn_sources, turn_target
from modeling.domain.turn_taking import (
    TYPING_STANDS_SECONDS,
    Act,
    Situation,
    next_step,
    takes_leave,
    typing_seconds,
)
from modeling.domain.turns import Said, TurnReply, TurnRequest
from modeling.errors import EngineFailed, ModelingError
from modeling.models import Agent, AgentTurn
from modeling.models.agent import OCCUPANT_PREFIX
from modeling.services.giving_up import GIVE_UP_SECONDS, resting, turn_give_up, turn_went_well
from modeling.serving.registry import agent_ask, agent_warm_up
from study.clock import database_now
from study.domain.errors import ApplicationError

log = logging.getLogger(__name__)
TASK = "modeling.agent_turn"
TRIES = 2
TRY_SECONDS = 7.5
"""The longest that one try waits for the model."""
LEASE_SECONDS = 6.0
"""A turn without a sign of life for so long is begun anew by whoever looks."""
LAST_TRY_SECONDS = 15.0
"""So long after the pause no further try begins: the seeker hears of it before 25 seconds are over."""
GOODBYE_STRATEGY = "Others"
"""The strategy that holds pleasantries (Liu et al. 2021, Appendix B)."""


def turn_look(conversation_id: int) -> None:
    """Do what the agent of a conversation has to do now. Called again it looks again and repeats nothing."""
    view = program_view(conversation_id)
    if view is None or not view.occupant.startswith(OCCUPANT_PREFIX):
        return
    agent = Agent.objects.filter(public_id=view.occupant.removeprefix(OCCUPANT_PREFIX)).first()
    if agent is None:
        return
    turn = AgentTurn.objects.filter(conversation=conversation_id, after_ordinal=view.last_ordinal).first()
    if turn is None:
        _begin(agent, view)
    elif turn.state == TurnState.MAKING and _lease_over(turn, view.now):
        _begin_anew(agent, view, turn)
    elif turn.state == TurnState.READY:
        _send_when_due(agent, view, turn)


def agents_warm_up() -> None:
    """Load the models of conversations that go on, and of practice: what a worker does when it has started."""
    sitting = programs_sitting(OCCUPANT_PREFIX)
    for agent in Agent.objects.filter(enabled=True):
        if agent.practice or agent.occupant in sitting:
            agent_warm_up(agent)


def look_later(conversation_id: int, *, seconds: float) -> None:
    """Look at a conversation again in some seconds."""
    try:
        current_app.send_task(TASK, args=[conversation_id], countdown=max(0.0, seconds))
    except OperationalError:
        log.warning("The broker is away; conversation %s is looked at by the sweep.", conversation_id)


def _begin(agent: Agent, view: ProgramView) -> None:
    if not view.said:
        agent_warm_up(agent)  # the seeker writes the first message: time to load the model
        return
    step = next_step(
        _situation(view, agent), agent.settled.pace, goodbye=agent.settled.goodbye, rng=_rng(view)
    )
    if step.act is Act.WAIT:
        look_later(view.conversation_id, seconds=step.seconds)
    elif step.act is not Act.NOTHING and (turn := _claim(agent, view)) is not None:
        _make(agent, view, turn, goodbye=step.act is Act.GOODBYE)


def _claim(agent: Agent, view: ProgramView) -> AgentTurn | None:
    """Make the turn's row; None where another worker did."""
    try:
        with transaction.atomic():
            return AgentTurn.objects.create(
                conversation_id=view.conversation_id,
                agent=agent,
                after_ordinal=view.last_ordinal,
                state=TurnState.MAKING,
                wanted_at=view.now,
                alive_at=view.now,
            )
    except IntegrityError:
        return None


def _begin_anew(agent: Agent, view: ProgramView, turn: AgentTurn) -> None:
    """Take over a turn whose worker gave no sign of life."""
    taken = AgentTurn.objects.filter(
        pk=turn.pk, state__in=turn_sources(TurnEvent.RETRY), attempts=turn.attempts
    ).update(attempts=turn.attempts + 1, alive_at=view.now)
    if taken:
        turn.attempts += 1
        _make(agent, view, turn, goodbye=False)


def _make(agent: Agent, view: ProgramView, turn: AgentTurn, *, goodbye: bool) -> None:
    """Make the message and let it be sent when the typing is over."""
    program_types(view.conversation_id, role=view.role)
    started = time.monotonic()
    if goodbye:
        reply = TurnReply(
            text=agent.settled.goodbye, strategy=GOODBYE_STRATEGY, engine="goodbye", model=str(agent)
        )
    else:
        found = _ask(agent, view, turn)
        if isinstance(found, str):
            turn_give_up(agent, turn, reason=found)
            return
        reply = found
    delay = typing_seconds(reply.text, agent.settled.pace, made_seconds=time.monotonic() - started)
    due_at = database_now() + timedelta(seconds=delay)
    ready = AgentTurn.objects.filter(
        pk=turn.pk, state__in=turn_sources(TurnEvent.MADE), attempts=turn.attempts
    ).update(
        state=turn_target(TurnEvent.MADE),
        text=reply.text,
        strategy=view.strategies.get(reply.strategy, ""),
        due_at=due_at,
        alive_at=due_at,
        record=_record(reply, turn),
    )
    if ready:
        program_types(view.conversation_id, role=view.role)
        look_later(view.conversation_id, seconds=delay)


def _ask(agent: Agent, view: ProgramView, turn: AgentTurn) -> TurnReply | str:
    """Return the model's reply, or why there is none after all tries."""
    if resting(agent):
        return "The agent rests after failures."
    reason = ""
    for number in range(TRIES):
        waited = (database_now() - view.partner_active_at).total_seconds()
        if number and waited > LAST_TRY_SECONDS:
            break
        try:
            reply = agent_ask(
                agent,
                turn_request(agent, view, turn, number=number),
                seconds=min(TRY_SECONDS, max(1.0, GIVE_UP_SECONDS - waited)),
                while_waiting=partial(_go_on, view, turn),
            )
            return _checked(reply, view)
        except (ModelingError, ApplicationError) as error:
            reason = str(error)
            log.warning("A turn of %s failed: %s", agent, reason)
    return reason


def turn_request(agent: Agent, view: ProgramView, turn: AgentTurn, *, number: int = 0) -> TurnRequest:
    """Return what the model is asked: the transcript and nothing else of the people in it."""
    return TurnRequest(
        history=tuple(
            Said(role="seeker" if s.role == "seeker" else "supporter", text=s.text, strategy=s.strategy)
            for s in view.said
        ),
        variant=agent.variant,
        # Another try draws other words: the same ones would be refused again.
        seed=(view.conversation_id, view.last_ordinal, turn.attempts, number),
        decoding=agent.settled.decoding,
    )


def _checked(reply: TurnReply, view: ProgramView) -> TurnReply:
    """Return the reply with its text tidied.

    Raises:
        ReplyUnusable, OutputRefused: it must not be shown.
        EngineFailed: it names a strategy that the protocol does not have.
    """
    own = tuple(said.text for said in view.said if said.role == view.role)
    text = check_reply(reply.text, finished=reply.finished, before=own)
    output_check(view.conversation_id, text)
    if reply.strategy and reply.strategy not in view.strategies:
        raise EngineFailed("The model chose a strategy that this study does not have.")
    return TurnReply(
        **{name: getattr(reply, name) for name in reply.__struct_fields__ if name != "text"}, text=text
    )


def _go_on(view: ProgramView, turn: AgentTurn) -> None:
    """Say that the turn is being made: to the sweep, and to the seeker as typing."""
    AgentTurn.objects.filter(pk=turn.pk, attempts=turn.attempts).update(alive_at=database_now())
    program_types(view.conversation_id, role=view.role)


def _send_when_due(agent: Agent, view: ProgramView, turn: AgentTurn) -> None:
    assert turn.due_at is not None
    if turn.due_at > view.now:
        look_later(view.conversation_id, seconds=(turn.due_at - view.now).total_seconds())
        return
    if _typing(view) and view.now - turn.due_at < timedelta(seconds=TYPING_STANDS_SECONDS * 2):
        # The seeker is about to say more: what they say makes this message another one.
        look_later(view.conversation_id, seconds=1.0)
        return
    try:
        program_say(
            view,
            client_uid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"agent-turn/{turn.pk}")),
            text=turn.text,
            strategy=turn.strategy or None,
            compose_ms=round((turn.due_at - turn.wanted_at).total_seconds() * 1000),
        )
    except Outdated:
        turn_end(turn, TurnEvent.DROP, error="Something was said in the meantime.")
        return
    except ApplicationError as error:
        turn_end(turn, TurnEvent.DROP, error=str(error))
        return
    turn_end(turn, TurnEvent.SEND)
    turn_went_well(agent)
    look_later(view.conversation_id, seconds=1.0)  # another message may follow


def turn_end(turn: AgentTurn, event: TurnEvent, *, error: str = "") -> bool:
    """End a turn and empty its text; return whether this call did."""
    return bool(
        AgentTurn.objects.filter(pk=turn.pk, state__in=turn_sources(event)).update(
            state=turn_target(event), text="", ended_at=database_now(), error=error[:200]
        )
    )


def _record(reply: TurnReply, turn: AgentTurn) -> dict[str, object]:
    kept = ("engine", "model", "tokens", "prompt_tokens", "finished", "made_ms", "batch")
    return {name: getattr(reply, name) for name in kept} | {"attempts": turn.attempts}


def _situation(view: ProgramView, agent: Agent) -> Situation:
    last = view.said[-1]
    own = [said for said in view.said if said.role == view.role]
    heard = [said for said in view.said if said.role != view.role]
    return Situation(
        last_role=last.role,
        own_messages_last=view.own_messages_last,
        silent_seconds=(view.now - view.partner_active_at).total_seconds(),
        partner_typing=_typing(view),
        seconds_left=(view.ends_at - view.now).total_seconds() if view.ends_at is not None else None,
        said_goodbye=bool(view.own_messages_last and own and own[-1].text == agent.settled.goodbye),
        partner_takes_leave=bool(heard) and view.may_finish and takes_leave(heard[-1].text),
    )


def _typing(view: ProgramView) -> bool:
    """Whether the partner's last sign was a keystroke, and fresh."""
    fresh = (view.now - view.partner_active_at).total_seconds() < TYPING_STANDS_SECONDS
    spoke = view.partner_spoke_at
    return fresh and (spoke is None or (view.partner_active_at - spoke).total_seconds() > 0.5)


def _lease_over(turn: AgentTurn, now: datetime) -> bool:
    return now - turn.alive_at > timedelta(seconds=LEASE_SECONDS)


def _rng(view: ProgramView) -> random.Random:
    return random.Random(f"{view.conversation_id}/{view.last_ordinal}")  # noqa: S311 - pace, not a secret
