"""The assessment of a whole file as one document: what `manage.py assess` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualitycontrol.domain.assessment import Verdict
from qualitycontrol.domain.criteria import Finding
from qualitycontrol.domain.lifecycle import State
from study.domain.protocol import Protocol

STATES = (State.FILTERED_OUT, State.QUALIFIED, State.UNQUALIFIED, State.INTENSITY_QUERIED)


def report(verdicts: Sequence[Verdict], *, protocol: Protocol, sha256: str) -> dict[str, Any]:
    """Return the document; `verdicts` in the order of the file."""
    return {
        "protocol": {"name": protocol.name, "version": protocol.version, "sha256": sha256},
        "counts": counts(verdicts),
        "conversations": [_entry(index, verdict) for index, verdict in enumerate(verdicts)],
    }


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return how many conversations came how far.

    `approved` are those that the approval rule takes, queried ones included; `qualified_alternative` counts
    as `qualified` does, under the alternative reading of the last feedback scores.
    """
    states = [verdict.state for verdict in verdicts]
    return {
        "conversations": len(verdicts),
        "long_enough": sum(verdict.long_enough for verdict in verdicts),
        "surveyed": sum(verdict.surveyed for verdict in verdicts),
        "without_survey": sum(not verdict.surveyed for verdict in verdicts),
        "approved": sum(verdict.approved for verdict in verdicts),
        **{state.value: states.count(state) for state in STATES},
        "qualified_alternative": sum(verdict.alternative_state is State.QUALIFIED for verdict in verdicts),
    }


def findings_document(findings: Mapping[str, Finding]) -> dict[str, dict[str, Any]]:
    """Return value, threshold and outcome under each criterion's name."""
    return {
        name: {"value": value_document(finding), "threshold": finding.threshold, "met": finding.met}
        for name, finding in findings.items()
    }


def value_document(finding: Finding) -> float | list[int] | None:
    """Return a finding's value as JSON has it."""
    return list(finding.value) if isinstance(finding.value, tuple) else finding.value


def _entry(index: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "index": index,
        "state": verdict.state.value,
        "reasons": list(verdict.reasons),
        "utterances": verdict.utterances,
        "criteria": findings_document(verdict.findings),
    }
