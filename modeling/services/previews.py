"""Try an agent in a private chat: the same request and the same checks as in the seat, without a participant."""

from __future__ import annotations

import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from modeling.domain.output import check_reply
from modeling.domain.turns import Said, TurnRequest
from modeling.errors import AgentInvalid, ModelingError
from modeling.models import Agent, AgentPreview
from modeling.serving.registry import agent_ask
from study.clock import database_now

TASK = "modeling.agent_preview"
LONGEST = 1000
SECONDS = 60.0
"""A preview may wait for the model to load."""
MESSAGES = 100


@transaction.atomic
def preview_say(agent: Agent, *, by: str, text: str) -> AgentPreview:
    """Say something to the agent, as a seeker would; its answer comes with a later look.

    Raises:
        AgentInvalid: there is nothing to say, too much, or the agent's answer is still to come.
    """
    text = " ".join(text.split())
    if not 0 < len(text) <= LONGEST:
        raise AgentInvalid(f"Write 1 to {LONGEST} characters.")
    now = database_now()
    preview, _ = AgentPreview.objects.select_for_update().get_or_create(
        agent=agent, by=by, defaults={"created_at": now, "changed_at": now}
    )
    if preview.state == AgentPreview.State.ASKED and (now - preview.changed_at).total_seconds() < SECONDS:
        raise AgentInvalid("The agent has not answered yet.")
    if len(preview.messages) >= MESSAGES:
        raise AgentInvalid("This try-out is long enough; clear it to begin anew.")
    preview.messages = [*preview.messages, {"role": "seeker", "text": text, "strategy": ""}]
    preview.state, preview.error, preview.changed_at = AgentPreview.State.ASKED, "", now
    preview.save()
    transaction.on_commit(lambda: _enqueue(preview.pk))
    return preview


def _enqueue(preview_id: int) -> None:
    try:
        current_app.send_task(TASK, args=[preview_id], expires=SECONDS)
    except OperationalError:
        _fail(preview_id, "The queue is away.")


def preview_answer(preview_id: int) -> None:
    """Let the agent answer; nothing where it is not its turn."""
    preview = AgentPreview.objects.select_related("agent").filter(pk=preview_id).first()
    if preview is None or preview.state != AgentPreview.State.ASKED:
        return
    agent, started = preview.agent, time.monotonic()
    count = len(preview.messages)
    request = TurnRequest(
        history=tuple(Said(**{k: m[k] for k in ("role", "text", "strategy")}) for m in preview.messages),
        variant=agent.variant,
        seed=(preview.pk, count),
        decoding=agent.settled.decoding,
    )
    try:
        reply = agent_ask(agent, request, seconds=SECONDS)
        text = check_reply(reply.text, finished=reply.finished)
    except ModelingError as error:
        _fail(preview_id, str(error))
        return
    said = {
        "role": "supporter",
        "text": text,
        "strategy": reply.strategy,
        "seconds": round(time.monotonic() - started, 2),
        "engine": reply.engine,
    }
    AgentPreview.objects.filter(pk=preview_id, state=AgentPreview.State.ASKED).update(
        messages=[*preview.messages, said], state=AgentPreview.State.OPEN, changed_at=database_now()
    )


def preview_clear(agent: Agent, *, by: str) -> None:
    """Forget a try-out."""
    AgentPreview.objects.filter(agent=agent, by=by).delete()


def _fail(preview_id: int, reason: str) -> None:
    AgentPreview.objects.filter(pk=preview_id, state=AgentPreview.State.ASKED).update(
        state=AgentPreview.State.FAILED, error=reason[:200], changed_at=database_now()
    )
