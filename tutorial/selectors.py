"""Reads of the training room, for its own pages and for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from study.clock import database_now
from study.domain.exam_content import Item
from study.domain.protocol import Protocol
from study.models import LedgerEntry, Participant, Participation, ProtocolVersion
from study.models.participant import Role
from tutorial.domain.drawing import DrawnItem
from tutorial.domain.lifecycle import State
from tutorial.domain.marking import Result, mark
from tutorial.domain.pages import Page, tutorial_pages
from tutorial.domain.qualification import Grant, barred, qualifies, training_digest
from tutorial.domain.standing import Standing, TrainingState
from tutorial.domain.standing import training_state as decide
from tutorial.models import Attempt, PageProgress, Qualification, QuizAnswer


def is_qualified(participant: Participant, protocol_version: ProtocolVersion, *, now: datetime) -> bool:
    """Return whether the participant may support under this protocol at `now`."""
    grants = _grants(participant, protocol_name=protocol_version.name)
    return _qualified(grants, protocol_version.protocol, now=now)


def _qualified(grants: list[Grant], protocol: Protocol, *, now: datetime) -> bool:
    # Nobody without a grant costs a digest.
    if not grants:
        return False
    digest = training_digest(protocol)
    return any(
        qualifies(grant, protocol_name=protocol.name, training_sha256=digest, now=now) for grant in grants
    )


def _grants(participant: Participant, *, protocol_name: str) -> list[Grant]:
    rows = Qualification.objects.filter(participant=participant, protocol_version__name=protocol_name)
    return [
        Grant(
            protocol_name=protocol_name,
            training_sha256=row.training_sha256,
            granted_at=row.granted_at,
            expires_at=row.expires_at,
            revoked=row.revoked_at is not None,
        )
        for row in rows
    ]


def qualification_list(participation: Participation) -> list[Qualification]:
    """Return a supporter's qualifications under the protocol's name, revoked and expired ones too, oldest first."""
    return list(
        Qualification.objects.filter(
            participant_id=participation.participant_id,
            protocol_version__name=participation.protocol_version.name,
        ).order_by("granted_at")
    )


def training_state(participation: Participation) -> TrainingState:
    """Return what comes next for a supporter: pages, exam, or neither."""
    protocol = participation.protocol_version.protocol
    grants = _grants(participation.participant, protocol_name=protocol.name)
    standing = Standing(
        qualified=_qualified(grants, protocol, now=database_now()),
        barred=barred(grants, protocol_name=protocol.name),
        pages_left=sum(not step.finished for step in progress(participation).steps),
        attempt_states=tuple(State(attempt.state) for attempt in attempt_list(participation)),
    )
    return decide(standing, attempts=protocol.tutorial.exam.attempts)


@dataclass(frozen=True, slots=True)
class PageStep:
    """One page of the tutorial and how far a supporter is with it."""

    page: Page
    opened: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a supporter has come in the tutorial."""

    steps: tuple[PageStep, ...]

    @property
    def subtasks(self) -> tuple[PageStep, ...]:
        """The sub-tasks: stages and strategies."""
        return tuple(step for step in self.steps if not step.page.is_safety)

    @property
    def safety(self) -> tuple[PageStep, ...]:
        """The safety pages."""
        return tuple(step for step in self.steps if step.page.is_safety)

    @property
    def subtasks_finished(self) -> int:
        """How many sub-tasks are done."""
        return sum(step.finished for step in self.subtasks)

    @property
    def safety_finished(self) -> int:
        """How many safety pages are done."""
        return sum(step.finished for step in self.safety)

    @property
    def finished(self) -> int:
        """How many pages of either kind are done."""
        return sum(step.finished for step in self.steps)

    @property
    def next_page(self) -> Page | None:
        """The first page that is not done, or None when all are."""
        return next((step.page for step in self.steps if not step.finished), None)


def progress(participation: Participation) -> Progress:
    """Return a supporter's pages in the order of reading."""
    rows = {
        row.page: row
        for row in PageProgress.objects.filter(
            participant_id=participation.participant_id, protocol_version_id=participation.protocol_version_id
        )
    }
    return Progress(
        steps=tuple(
            PageStep(
                page=page,
                opened=page.key in rows,
                finished=page.key in rows and rows[page.key].finished_at is not None,
            )
            for page in tutorial_pages(participation.protocol_version.protocol)
        )
    )


def training_share(participation: Participation) -> Decimal:
    """Return how much of an unpaid training a supporter has done, 0 to 1: pages finished, of all pages.

    0 once a training is booked for the participant, in this participation or an earlier one.
    """
    if participation.role != Role.SUPPORTER:
        return Decimal(0)
    booked = LedgerEntry.objects.filter(
        participation__participant=participation.participant_id, reason__in=["training", "training_part"]
    )
    if booked.exists():
        return Decimal(0)
    pages = progress(participation)
    return Decimal(pages.finished) / len(pages.steps)


def quiz_answers(participation: Participation, *, page: str) -> list[QuizAnswer]:
    """Return a supporter's tries at a page's quiz, oldest first."""
    return list(
        QuizAnswer.objects.filter(
            participant_id=participation.participant_id,
            protocol_version_id=participation.protocol_version_id,
            page=page,
        ).order_by("pk")
    )


def attempt_list(participation: Participation) -> list[Attempt]:
    """Return a supporter's attempts under the protocol's name, over all participations, by number."""
    return list(
        Attempt.objects.filter(
            participant_id=participation.participant_id,
            protocol_name=participation.protocol_version.name,
        )
        .select_related("protocol_version", "participant")
        .defer("protocol_version__document")
        .order_by("number")
    )


def attempt_get(participation: Participation, *, number: int) -> Attempt | None:
    """Return one of a supporter's attempts."""
    return next((attempt for attempt in attempt_list(participation) if attempt.number == number), None)


def items_by_key(attempt: Attempt) -> dict[str, Item]:
    """Return the items of the attempt's own protocol version under their keys."""
    return {item.key: item for item in attempt.protocol_version.protocol.items}


def drawn_items(attempt: Attempt) -> list[DrawnItem]:
    """Return the questions of an attempt as drawn, in their order."""
    return [
        DrawnItem(row.item_key, row.subtask, tuple(row.option_order))
        for row in attempt.items.order_by("ordinal")
    ]


def answers_of(attempt: Attempt) -> dict[str, int]:
    """Return the places chosen so far under the items' keys."""
    return {row.item_key: row.answer for row in attempt.items.all() if row.answer is not None}


def attempt_result(attempt: Attempt) -> Result:
    """Return the result of an attempt that was handed in.

    Raises:
        AnswersMissing: it was not.
    """
    return mark(
        drawn_items(attempt),
        answers_of(attempt),
        attempt.protocol_version.protocol.tutorial.exam,
        items=items_by_key(attempt),
    )
