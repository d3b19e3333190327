"""The engines that this worker holds, one batcher for each model, started when first asked for."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from modeling.domain.turns import TurnReply, TurnRequest
from modeling.errors import AgentInvalid
from modeling.models import Agent
from modeling.serving.batcher import Batcher
from modeling.serving.engine import Engine
from modeling.serving.local import LocalEngine
from modeling.serving.openai import OpenAIEngine
from modeling.serving.scripted import ScriptedEngine

IDLE_SECONDS = 900.0
"""A model that nobody asked for so long gives its memory back."""

_lock = threading.Lock()
_batchers: dict[tuple[str, ...], Batcher] = {}


def agent_ask(
    agent: Agent,
    request: TurnRequest,
    *,
    seconds: float,
    while_waiting: Callable[[], None] = lambda: None,
) -> TurnReply:
    """Return the agent's reply to one request.

    Raises:
        EngineFailed: there is none within `seconds`.
    """
    return batcher_of(agent).ask(request, seconds=seconds, while_waiting=while_waiting)


def agent_warm_up(agent: Agent) -> None:
    """Begin to load the agent's model, without waiting for it."""
    batcher_of(agent).warm_up()


def batcher_of(agent: Agent) -> Batcher:
    """Return the batcher of the agent's model; agents that differ in decoding or pace alone share it."""
    key = _key(agent)
    with _lock:
        _close_idle()
        batcher = _batchers.get(key)
        if batcher is None:
            batcher = _batchers[key] = Batcher(_engines(agent))
        batcher.used_at = time.monotonic()
        return batcher


def close_all() -> None:
    """Stop every engine of this process."""
    with _lock:
        for batcher in _batchers.values():
            batcher.close()
        _batchers.clear()


atexit.register(close_all)


def _close_idle() -> None:
    limit = time.monotonic() - IDLE_SECONDS
    for key in [key for key, batcher in _batchers.items() if batcher.used_at < limit]:
        _batchers.pop(key).close()


def _key(agent: Agent) -> tuple[str, ...]:
    config = agent.settled
    if agent.kind == Agent.Kind.CHECKPOINT:
        return (agent.kind, agent.weights_sha256, config.numbers)
    if config.server is not None:
        server = config.server
        return (
            agent.kind, server.base_url, server.model, server.key, server.constraint, server.prompt,
        )  # fmt: skip
    return (agent.kind,)


def _engines(agent: Agent) -> list[Engine]:
    if agent.kind == Agent.Kind.SCRIPTED:
        return [ScriptedEngine()]
    config = agent.settled
    if config.server is not None:
        return [OpenAIEngine(config.server, key=settings.AGENT_KEYS.get(config.server.key, ""))]
    if agent.checkpoint is None:
        raise AgentInvalid(f"{agent} has no checkpoint.")
    path, count = agent.checkpoint.path, settings.MODEL_PROCESSES
    cores = len(os.sched_getaffinity(0))
    return [
        LocalEngine(
            path,
            weights_sha256=agent.weights_sha256,
            numbers=config.numbers,
            threads=max(1, cores // count),
            log=Path(agent.checkpoint.run.path) / f"answer-{number}.txt",
        )
        for number in range(count)
    ]
