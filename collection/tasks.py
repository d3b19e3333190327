"""Jobs of the collection room: fetch by id, call one service. Running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from collection.services.scripted import scripted_turn as scripted_turn_make
from collection.services.sweeps import sweep_deadlines as sweep_deadlines_make


@shared_task(name="collection.sweep_deadlines")
def sweep_deadlines() -> None:
    """Act on deadlines that have passed."""
    sweep_deadlines_make()


@shared_task(name="collection.scripted_turn")
def scripted_turn(conversation_id: int) -> None:
    """Let a scripted participant have its turn."""
    scripted_turn_make(conversation_id)
