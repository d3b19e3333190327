"""What the research group may know of its training: the items' statistics and where supporters drop off."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from study.domain.exam_content import Item, ItemUse
from study.domain.protocol import Protocol
from study.models import ProtocolVersion
from tutorial.domain.item_statistics import Answer, ItemStatistics, item_statistics
from tutorial.domain.lifecycle import State
from tutorial.domain.pages import tutorial_pages
from tutorial.models import Attempt, AttemptItem, PageProgress


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One exam item and what its answers say."""

    item_key: str
    subtask: str
    kind: str
    difficulty_guess: int
    """1 to 3: the author's guess."""
    statistics: ItemStatistics | None
    """None before its first marked answer."""


@dataclass(frozen=True, slots=True)
class PageReport:
    """One page of the tutorial and who got through it."""

    page: str
    title: str
    opened: int
    finished: int
    median_seconds: float | None
    """From opening to finishing; None while nobody has finished."""

    @property
    def drop_off(self) -> float | None:
        """Share of those who opened the page and have not finished it; None before the first reader."""
        return (self.opened - self.finished) / self.opened if self.opened else None


@dataclass(frozen=True, slots=True)
class ExamReport:
    """How often the exam was sat and passed."""

    open: int
    passed: int
    failed: int
    first_attempts: int
    """Marked attempts with the number 1."""
    first_attempts_passed: int


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The training under one version of a protocol."""

    protocol_name: str
    protocol_version: int
    exam: ExamReport
    pages: tuple[PageReport, ...]
    items: tuple[ItemReport, ...]


def training_versions() -> list[ProtocolVersion]:
    """Return the protocol versions under which somebody has been trained, newest first."""
    ids = {
        *PageProgress.objects.order_by().values_list("protocol_version_id", flat=True).distinct(),
        *Attempt.objects.order_by().values_list("protocol_version_id", flat=True).distinct(),
    }
    return list(ProtocolVersion.objects.filter(pk__in=ids).order_by("-loaded_at", "-pk"))


def training_report(version: ProtocolVersion) -> TrainingReport:
    """Return everything about the training under one protocol version."""
    protocol = version.protocol
    return TrainingReport(
        protocol_name=protocol.name,
        protocol_version=protocol.version,
        exam=_exam(version),
        pages=_pages(version, protocol),
        items=_items(version, protocol),
    )


def _exam(version: ProtocolVersion) -> ExamReport:
    attempts = list(Attempt.objects.filter(protocol_version=version).values_list("state", "number"))
    states = [state for state, _number in attempts]
    first = [state for state, number in attempts if number == 1 and state != State.OPEN]
    return ExamReport(
        open=states.count(State.OPEN),
        passed=states.count(State.PASSED),
        failed=states.count(State.FAILED),
        first_attempts=len(first),
        first_attempts_passed=first.count(State.PASSED),
    )


def _pages(version: ProtocolVersion, protocol: Protocol) -> tuple[PageReport, ...]:
    seconds: dict[str, list[float]] = {}
    opened: dict[str, int] = {}
    rows = PageProgress.objects.filter(protocol_version=version)
    for page, opened_at, finished_at in rows.values_list("page", "opened_at", "finished_at"):
        opened[page] = opened.get(page, 0) + 1
        if finished_at is not None:
            seconds.setdefault(page, []).append((finished_at - opened_at).total_seconds())
    return tuple(
        PageReport(
            page=page.key,
            title=page.title,
            opened=opened.get(page.key, 0),
            finished=len(seconds.get(page.key, [])),
            median_seconds=statistics.median(seconds[page.key]) if page.key in seconds else None,
        )
        for page in tutorial_pages(protocol)
    )


def _items(version: ProtocolVersion, protocol: Protocol) -> tuple[ItemReport, ...]:
    found = {
        one.item_key: one
        for one in item_statistics(_answers(version), min_seconds=protocol.tutorial.exam.min_seconds_per_item)
    }
    return tuple(_item(item, found.get(item.key)) for item in protocol.items if item.use is ItemUse.EXAM)


def _item(item: Item, found: ItemStatistics | None) -> ItemReport:
    return ItemReport(
        item_key=item.key,
        subtask=item.subtask,
        kind=item.kind.value,
        difficulty_guess=item.difficulty,
        statistics=found,
    )


def _answers(version: ProtocolVersion) -> list[Answer]:
    rows = AttemptItem.objects.filter(attempt__protocol_version=version).select_related("attempt")
    return [
        Answer(
            attempt_id=row.attempt_id,
            item_key=row.item_key,
            correct=row.correct,
            seconds=row.seconds,
            at=row.attempt.submitted_at,
        )
        for row in rows.iterator(chunk_size=2000)
        # Only what has been marked has all three.
        if row.correct is not None and row.seconds is not None and row.attempt.submitted_at is not None
    ]
