"""What the calibration page shows: Table 7, the best rules, the grid as a heat map, and what a rule would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef

from collection.api import Conversation, ConversationState, conversations_facts
from qualitycontrol.domain.calibration import FACTORS, Measures, Rule, grid, measure, rule_of
from qualitycontrol.domain.calibration_report import Steps, calibration_document, default_steps
from qualitycontrol.models import Judgement
from qualitycontrol.review_queue import conversation_withdrawn
from study.models import ProtocolVersion

ROWS, COLUMNS = FACTORS[:3], FACTORS[3:]
"""The heat map's two sides."""
HEAT_LEVELS = 10
LIMIT_RULES = 5000


@dataclass(frozen=True, slots=True)
class Material:
    """The judged conversations and everything that rules need of them."""

    ids: list[str]
    measures: Measures
    judgements: dict[str, dict[int, bool]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule in the heat map."""

    average: float | None
    kept: int
    level: int | None
    """0 the lowest to `HEAT_LEVELS` - 1 the highest average of this grid."""


def material(version: ProtocolVersion) -> Material:
    """Return the closed conversations that anybody judged.

    Without those that somebody withdrew from: their texts are erased, and nothing can be measured in them.
    """
    judged = Conversation.objects.filter(
        ~Exists(conversation_withdrawn(OuterRef("pk"))),
        state=ConversationState.CLOSED,
        pk__in=Judgement.objects.values("conversation"),
    ).order_by("pk")
    facts = list(conversations_facts(judged))
    index_of = {fact.conversation_id: index for index, fact in enumerate(facts)}
    judgements: dict[str, dict[int, bool]] = {}
    for judgement in Judgement.objects.filter(conversation__in=index_of).order_by("annotator", "pk"):
        judgements.setdefault(judgement.annotator, {})[index_of[judgement.conversation_id]] = judgement.good
    return Material(
        ids=[fact.public_id for fact in facts],
        measures=measure([fact.record for fact in facts], version.protocol.quality.approval),
        judgements=judgements,
    )


def parse_steps(base: Rule, given: Mapping[str, str]) -> dict[str, tuple[float | None, ...]]:
    """Return the steps of each threshold: as given ("1, 2", "-"), else Table 7's around `base`.

    Raises:
        ValueError: something is no number, or there would be more than `LIMIT_RULES` rules.
    """
    steps = dict(default_steps(base))
    for name in FACTORS:
        parts = [part.strip() for part in given.get(name, "").split(",") if part.strip()]
        if parts:
            steps[name] = tuple(dict.fromkeys(None if part == "-" else _number(part) for part in parts))
    if int(np.prod([len(values) for values in steps.values()])) > LIMIT_RULES:
        raise ValueError(f"more than {LIMIT_RULES} rules; please take fewer steps")
    grid(steps)  # refuses what makes no rule
    return steps


def _number(text: str) -> float:
    value = float(text)
    if not -100 <= value <= 1000:  # also refuses "nan" and "inf", which float() takes
        raise ValueError(f"{text} is no threshold")
    return value


def explore(version: ProtocolVersion, steps: Steps, found: Material) -> dict[str, Any]:
    """Return everything that the page shows of the grid."""
    approval = version.protocol.quality.approval
    document = calibration_document(
        rule_of(approval),
        steps,
        measures=found.measures,
        judgements=found.judgements,
        needed=approval.supporter_criteria_needed,
    )
    return document | {"heat": heat(document["grid"], steps), "heat_columns": heads(steps, COLUMNS)}


def heads(steps: Steps, names: Sequence[str]) -> list[str]:
    """Return the titles of one side of the heat map: every combination of its thresholds."""
    combined = [""]
    for name in names:
        combined = [f"{head} {_step(step)}".strip() for head in combined for step in steps[name]]
    return combined


def _step(step: float | None) -> str:
    return "-" if step is None else f"{step:g}"


def heat(entries: Sequence[Mapping[str, Any]], steps: Steps) -> list[tuple[str, list[Cell]]]:
    """Return the grid as titled rows of cells, in the order of `heads`."""
    averages = [entry["average"] for entry in entries if entry["average"] is not None]
    low, high = (min(averages), max(averages)) if averages else (0.0, 0.0)
    cells = [Cell(e["average"], e["kept"], _level(e["average"], low, high)) for e in entries]
    width = len(heads(steps, COLUMNS))
    return [(head, cells[row * width : (row + 1) * width]) for row, head in enumerate(heads(steps, ROWS))]


def _level(value: float | None, low: float, high: float) -> int | None:
    if value is None:
        return None
    share = (value - low) / (high - low) if high > low else 1.0
    return min(HEAT_LEVELS - 1, int(share * HEAT_LEVELS))
