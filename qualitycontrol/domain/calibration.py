"""How well a rule agrees with people: Cohen's kappa of every rule of a grid with every annotator.

A rule is a set of thresholds. It calls a conversation good when enough of the supporter's four criteria hold, and all
of the seeker's: the mean length and, where the rule asks for it, the supporter's rating of the seeker's detail.
Letters in shapes: R rules, N conversations.
Source: Liu et al. 2021, Appendix D and Table 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from corpus.record import Conversation
from qualitycontrol.domain.criteria import criterion
from study.domain.protocol import Approval

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SUPPORTER = ("improvement", "supporter_mean_length", "empathy", "relevance")
FACTORS = (*SUPPORTER, "detail", "seeker_mean_length")
"""The six thresholds in Table 7's order."""
DECIMALS = 3
"""Table 7 prints three; rules that print the same are tied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Six thresholds; None asks nothing of the detail (Table 7's "-")."""

    improvement: float
    supporter_mean_length: float
    empathy: float
    relevance: float
    detail: float | None
    seeker_mean_length: float

    def document(self) -> dict[str, float | None]:
        """Return the thresholds by name, in Table 7's order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one rule keeps, and how it agrees with each annotator."""

    rule: Rule
    kept: int
    """Of all conversations."""
    kappas: tuple[float | None, ...]
    """In the order of the annotators; None where chance alone explains everything."""
    average: float | None
    """None where one of the kappas is."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The six values of every conversation; NaN where one is unknown, which never meets a threshold."""

    values: Mapping[str, Floats]  # (N,) each

    def __len__(self) -> int:
        return len(self.values["improvement"])


def rule_of(approval: Approval) -> Rule:
    """Return the protocol's own rule; it asks nothing of the detail."""
    return Rule(
        improvement=approval.improvement_min,
        supporter_mean_length=approval.supporter_mean_length_min,
        empathy=approval.empathy_min,
        relevance=approval.relevance_min,
        detail=None,
        seeker_mean_length=approval.seeker_mean_length_min,
    )


def measure(records: Sequence[Conversation], approval: Approval) -> Measures:
    """Return the values of all records; lengths are computed once, however many rules follow."""

    def column(name: str) -> Floats:
        if name == "detail":
            found: Iterable[object] = (record.survey.detail for record in records)
        else:
            found = (criterion(name).measure(record, approval) for record in records)
        return np.array([np.nan if value is None else value for value in found], dtype=np.float64)

    return Measures({name: column(name) for name in FACTORS})


def grid(steps: Mapping[str, Sequence[float | None]]) -> list[Rule]:
    """Return every combination of the steps.

    Raises:
        ValueError: a factor has no steps, or only the detail may be None.
    """
    for name in FACTORS:
        if not steps.get(name):
            raise ValueError(f"{name} has no steps")
        if name != "detail" and None in steps[name]:
            raise ValueError(f"{name} cannot be left out of the rule")
    return [Rule(*combination) for combination in product(*(steps[name] for name in FACTORS))]  # type: ignore[arg-type]


def one_factor(base: Rule, steps: Mapping[str, Sequence[float | None]]) -> list[Rule]:
    """Return the base rule and then each rule that differs from it in one threshold, as Table 7 does."""
    varied = [
        replace(base, **{name: step})  # type: ignore[arg-type]
        for name in FACTORS
        for step in steps[name]
        if step != getattr(base, name)
    ]
    return [base, *varied]


def verdicts(rules: Sequence[Rule], measures: Measures, *, needed: int) -> Bools:
    """Return which conversations each rule calls good. Shape (R, N)."""
    met = {name: _met(name, rules, measures) for name in FACTORS}  # (R, N) each
    supporter = sum(met[name].astype(np.int8) for name in SUPPORTER)  # (R, N)
    good: Bools = (supporter >= needed) & met["seeker_mean_length"] & met["detail"]
    return good


def _met(name: str, rules: Sequence[Rule], measures: Measures) -> Bools:
    thresholds = [getattr(rule, name) for rule in rules]
    steps = {step: row for row, step in enumerate(dict.fromkeys(thresholds))}
    values = measures.values[name]
    with np.errstate(invalid="ignore"):
        # Each step is compared once; the rules then share its row.
        rows = [np.ones(len(values), dtype=bool) if step is None else values >= step for step in steps]
    found: Bools = np.array(rows).reshape(len(steps), len(values))[[steps[step] for step in thresholds]]
    return found


def cohen_kappa(good: Bools, judged: Bools) -> Floats:
    """Return Cohen's kappa of each row of `good` (R, N) with `judged` (N,); NaN where it is undefined. Shape (R,)."""
    total = judged.size
    if total == 0:
        return np.full(len(good), np.nan)
    observed = (good == judged).mean(axis=1)  # (R,)
    share, share_judged = good.mean(axis=1), judged.mean()
    expected = share * share_judged + (1 - share) * (1 - share_judged)  # (R,)
    # Both say one and the same of everything: chance explains it all, and kappa has no value.
    certain = np.isclose(expected, 1.0)
    return np.where(certain, np.nan, (observed - expected) / np.where(certain, 1.0, 1 - expected))


def calibrate(
    rules: Sequence[Rule], measures: Measures, judgements: Mapping[str, Mapping[int, bool]], *, needed: int
) -> list[Agreement]:
    """Return how each rule agrees with each annotator.

    `judgements` has, for each annotator, good (True) or bad by index of conversation; not everybody needs to have
    judged the same ones.
    """
    good = verdicts(rules, measures, needed=needed)  # (R, N)
    columns = []
    for judged in judgements.values():
        indices = np.fromiter(judged, dtype=np.int64, count=len(judged))
        columns.append(
            cohen_kappa(good[:, indices], np.fromiter(judged.values(), dtype=bool, count=len(judged)))
        )
    kappas = np.array(columns).reshape(len(columns), len(rules)).T  # (R, annotators)
    kept = good.sum(axis=1)
    return [
        _agreement(rule, int(count), [float(kappa) for kappa in row])
        for rule, count, row in zip(rules, kept, kappas, strict=True)
    ]


def _agreement(rule: Rule, kept: int, kappas: Sequence[float]) -> Agreement:
    known = tuple(None if np.isnan(kappa) else kappa for kappa in kappas)
    return Agreement(rule, kept, known, average(known))


def average(kappas: Sequence[float | None]) -> float | None:
    """Return the mean of an annotator's kappas; None where one is unknown or there are none."""
    known = [kappa for kappa in kappas if kappa is not None]
    return sum(known) / len(known) if known and len(known) == len(kappas) else None


def ranked(agreements: Iterable[Agreement]) -> list[list[Agreement]]:
    """Return the rules by falling average kappa, ties together; rules without an average are left out.

    The paper takes the second group: a little less agreement, but a less strict rule (Appendix D). Within a group
    the rule that keeps most comes first.
    """
    groups: dict[float, list[Agreement]] = {}
    for agreement in agreements:
        if agreement.average is not None:
            groups.setdefault(round(agreement.average, DECIMALS), []).append(agreement)
    return [sorted(groups[value], key=lambda a: -a.kept) for value in sorted(groups, reverse=True)]
