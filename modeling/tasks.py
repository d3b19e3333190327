"""Jobs of the modelling room: fetch by id, call one service. Running one twice does no harm."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from modeling.services.agents import WARM_UP_TASK
from modeling.services.giving_up import agents_sweep
from modeling.services.previews import TASK as PREVIEW_TASK
from modeling.services.previews import preview_answer
from modeling.services.trainings import TASK, trainings_sweep
from modeling.services.turns import TASK as TURN_TASK
from modeling.services.turns import agents_warm_up, turn_look
from modeling.services.work import training_perform

TURN_QUEUE = "supporter"
TWO_WEEKS = 14 * 24 * 3600


# Acknowledged early: the row remembers a training whose worker dies, and a broker would give it out twice.
@shared_task(name=TASK, acks_late=False, time_limit=TWO_WEEKS, soft_time_limit=TWO_WEEKS)
def train(run_id: int) -> None:
    """Train, and evaluate what was trained."""
    training_perform(run_id)


@shared_task(name="modeling.sweep_trainings")
def sweep_trainings() -> None:
    """Fail trainings whose worker died, and ask again for those that wait."""
    trainings_sweep()


# Acknowledged early: the row remembers a turn whose worker dies, and the sweep asks again within seconds.
@shared_task(name=TURN_TASK, acks_late=False)
def agent_turn(conversation_id: int) -> None:
    """Let the agent of a conversation do what it has to do now."""
    turn_look(conversation_id)


@shared_task(name=PREVIEW_TASK, acks_late=False)
def agent_preview(preview_id: int) -> None:
    """Let an agent answer in a try-out."""
    preview_answer(preview_id)


@shared_task(name=WARM_UP_TASK)
def warm_up_agents() -> None:
    """Load the models that somebody is about to need."""
    agents_warm_up()


@shared_task(name="modeling.sweep_agents")
def sweep_agents() -> None:
    """Ask agents again that owe an answer, and give up where that takes too long."""
    agents_sweep()


@worker_ready.connect(weak=False)
def warm_up(sender: Any, **_more: Any) -> None:
    """Load models before anybody waits for them, in the worker that takes turns."""
    if TURN_QUEUE in sender.app.amqp.queues.consume_from:
        agents_warm_up()
