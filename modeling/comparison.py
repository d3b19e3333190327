"""Two evaluations side by side.

numpy and scipy come with this module, so the page that needs it imports it then: a web process starts without them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from modeling.domain.intervals import Estimate
from modeling.domain.pairing import PairedTest, comparable, paired_tests
from modeling.domain.results import Evaluation as EvaluationDocument
from modeling.domain.results import from_document
from modeling.errors import ScoresUnusable
from modeling.models import Evaluation
from modeling.selectors import METRICS


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of two evaluations."""

    name: str
    one: Estimate | None
    other: Estimate | None
    test: PairedTest | None


def evaluation_rows(one: Evaluation, other: Evaluation, tests: list[PairedTest] | None) -> list[Row]:
    """Return every metric of two evaluations, with its paired test where there is one."""
    by_metric = {test.metric: test for test in tests or []}
    return [Row(name, _estimate(one, name), _estimate(other, name), by_metric.get(name)) for name in METRICS]


def evaluation_tests(one: Evaluation, other: Evaluation) -> list[PairedTest] | None:
    """Return the paired tests of two evaluations; None where they did not answer the same pieces.

    Raises:
        ScoresUnusable: a file is missing, or is not what was entered.
    """
    return _tests(one.path, one.file_sha256, other.path, other.file_sha256)


# A thousand resampled corpora take seconds; the files' digests say when they would give the same again.
@lru_cache(maxsize=64)
def _tests(one: Path, one_sha256: str, other: Path, other_sha256: str) -> list[PairedTest] | None:
    documents = _read(one, one_sha256), _read(other, other_sha256)
    return paired_tests(*documents) if comparable(*documents) else None


def _read(path: Path, sha256: str) -> EvaluationDocument:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScoresUnusable(
            f"{path.name} of {path.parent.name} cannot be read: {error.strerror}."
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ScoresUnusable(f"{path.name} of {path.parent.name} was changed after it was entered.")
    return from_document(msgspec.json.decode(content))


def _estimate(evaluation: Evaluation, name: str) -> Estimate | None:
    value, interval = evaluation.metrics.get(name), evaluation.intervals.get(name)
    if value is None or interval is None:
        return None
    return Estimate(value=value, low=interval[0], high=interval[1])
