"""Reads of the pages: trainings, checkpoints, evaluations, releases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db.models import Q, QuerySet

from modeling.domain.turn_lifecycle import TurnState
from modeling.models import Agent, AgentTurn, Checkpoint, Evaluation, TrainingRun
from modeling.released_folders import ReleasedFolder, list_releases
from study.clock import database_now

METRICS = (
    "ppl",
    "ppl_per_utterance",
    "bleu_2",
    "rouge_l",
    "distinct_1",
    "distinct_2",
    "unigram_f1",
    "mean_length",
    "strategy_nll",
    "strategy_accuracy",
    "strategy_accuracy_sampled",
    "strategy_macro_f1",
)
"""What pages show of an evaluation, in order; the document has more."""
HEALTH_PERIOD = timedelta(minutes=15)


def run_list() -> QuerySet[TrainingRun]:
    """Return all trainings, newest first."""
    return TrainingRun.objects.select_related("checkpoint")


def run_get(run_id: int) -> TrainingRun | None:
    """Return one training."""
    return run_list().filter(pk=run_id).first()


def checkpoint_list() -> QuerySet[Checkpoint]:
    """Return all checkpoints, newest training first."""
    return Checkpoint.objects.select_related("run").prefetch_related("evaluations")


def evaluation_list() -> QuerySet[Evaluation]:
    """Return all evaluations, newest training first."""
    return Evaluation.objects.select_related("checkpoint__run")


def release_list() -> list[ReleasedFolder]:
    """Return the releases that can be trained on."""
    return list_releases(Path(settings.RELEASES))


@dataclass(frozen=True, slots=True)
class AgentHealth:
    """How an agent did lately."""

    agent: Agent
    state: str
    """`resting` after failures, `off`, `failing` (the last turn failed), `well`, or `unused`."""
    sent: int
    dropped: int
    failed: int
    open: int
    """Turns that are being made."""
    median_seconds: float | None
    """From the end of the pause to the message, typing included."""
    slowest_seconds: float | None
    engine: str
    """What answered last; empty where nothing did."""
    last_error: str


def agent_health() -> list[AgentHealth]:
    """Return every agent's turns of the last quarter of an hour. For pages and monitors; it asks no model."""
    since = database_now() - HEALTH_PERIOD
    recent: dict[int, list[AgentTurn]] = defaultdict(list)
    turns = AgentTurn.objects.filter(Q(ended_at__gte=since) | Q(ended_at=None)).order_by("pk")
    for turn in turns.only("agent_id", "state", "wanted_at", "ended_at", "record", "error"):
        recent[turn.agent_id].append(turn)
    now = database_now()
    agents = Agent.objects.select_related("checkpoint__run")
    return [_health(agent, recent[agent.pk], now=now) for agent in agents]


def _health(agent: Agent, turns: Sequence[AgentTurn], *, now: datetime) -> AgentHealth:
    counts = Counter(turn.state for turn in turns)
    seconds = sorted(
        (turn.ended_at - turn.wanted_at).total_seconds()
        for turn in turns
        if turn.state == TurnState.SENT and turn.ended_at is not None
    )
    if not agent.enabled:
        state = "off"
    elif agent.paused_until is not None and agent.paused_until > now:
        state = "resting"
    elif agent.failures:
        state = "failing"
    else:
        state = "well" if turns else "unused"
    return AgentHealth(
        agent=agent,
        state=state,
        sent=counts[TurnState.SENT],
        dropped=counts[TurnState.DROPPED],
        failed=counts[TurnState.FAILED],
        open=counts[TurnState.MAKING] + counts[TurnState.READY],
        median_seconds=median(seconds) if seconds else None,
        slowest_seconds=seconds[-1] if seconds else None,
        engine=next((str(t.record["engine"]) for t in reversed(turns) if t.record.get("engine")), ""),
        last_error=agent.last_error if agent.failures else "",
    )
