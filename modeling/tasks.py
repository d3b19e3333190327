"""Jobs of the modelling room: fetch by id, call one service. Running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from modeling.services.trainings import TASK, trainings_sweep
from modeling.services.work import training_perform

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
