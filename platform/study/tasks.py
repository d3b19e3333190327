"""Jobs of the study room: call one service. Running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from study.services.retention import retention_run


@shared_task(name="study.retention")
def retention() -> None:
    """Erase what the protocol keeps no longer."""
    retention_run()
