"""The calibration as one document: Table 7, the whole grid, and which rules agree best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualitycontrol.domain.calibration import (
    FACTORS,
    Agreement,
    Measures,
    Rule,
    calibrate,
    grid,
    one_factor,
    ranked,
)

Steps = Mapping[str, Sequence[float | None]]


def default_steps(base: Rule) -> dict[str, tuple[float | None, ...]]:
    """Return the steps of Table 7 around a base rule: one less and one more; the improvement only goes up."""
    steps: dict[str, tuple[float | None, ...]] = {
        name: (getattr(base, name) - 1, getattr(base, name), getattr(base, name) + 1)
        for name in FACTORS
        if name != "detail"
    }
    steps["improvement"] = (base.improvement, base.improvement + 1)
    steps["detail"] = (None, 2, 3, 4)
    return {name: steps[name] for name in FACTORS}


def calibration_document(
    base: Rule,
    steps: Steps,
    *,
    measures: Measures,
    judgements: Mapping[str, Mapping[int, bool]],
    needed: int,
) -> dict[str, Any]:
    """Return everything that the calibration finds.

    Raises:
        ValueError: the steps do not make a grid.
    """

    def agreements(rules: Sequence[Rule]) -> list[Agreement]:
        return calibrate(rules, measures, judgements, needed=needed)

    annotators = list(judgements)
    everything = agreements(grid(steps))
    groups = ranked(everything)
    return {
        "conversations": len(measures),
        "judged": {name: len(judged) for name, judged in judgements.items()},
        "supporter_criteria_needed": needed,
        "steps": {name: list(steps[name]) for name in FACTORS},
        "base": _entry(agreements([base])[0], annotators),
        "one_factor": [_entry(agreement, annotators) for agreement in agreements(one_factor(base, steps))],
        "highest": [_entry(agreement, annotators) for agreement in (groups[0] if groups else [])],
        "second_highest": [
            _entry(agreement, annotators) for agreement in (groups[1] if len(groups) > 1 else [])
        ],
        "grid": [_entry(agreement, annotators) for agreement in everything],
    }


def _entry(agreement: Agreement, annotators: Sequence[str]) -> dict[str, Any]:
    return {
        "rule": agreement.rule.document(),
        "kept": agreement.kept,
        "kappa": dict(zip(annotators, agreement.kappas, strict=True)),
        "average": agreement.average,
    }
