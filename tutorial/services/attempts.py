"""Start, answer and hand in attempts at the exam."""

from __future__ import annotations

import secrets

from django.db import transaction

from study.clock import database_now
from study.domain.exam_content import ExamRule
from study.models import Participation
from study.models.participant import Outcome
from study.services.ledger import ledger_book
from study.services.participations import participation_end
from tutorial.domain.drawing import draw
from tutorial.domain.errors import (
    AlreadyQualified,
    AnswerUnknown,
    AttemptOver,
    AttemptsUsedUp,
    AttemptUnknown,
    QuestionUnknown,
    TutorialIncomplete,
)
from tutorial.domain.lifecycle import Event, State, advance
from tutorial.domain.marking import Result, mark
from tutorial.domain.standing import TrainingState, series
from tutorial.models import Attempt, AttemptItem
from tutorial.selectors import (
    answers_of,
    attempt_list,
    drawn_items,
    items_by_key,
    training_state,
)
from tutorial.services.entrance import check_open, participation_lock
from tutorial.services.qualifications import qualification_grant

_SEED_BITS = 63
"""What the database's largest integer holds without a sign."""

_REFUSED = {
    TrainingState.PASSED: AlreadyQualified,
    TrainingState.FAILED: AttemptsUsedUp,
    TrainingState.TUTORIAL: TutorialIncomplete,
}


@transaction.atomic
def attempt_start(participation_id: int, *, number: int) -> Attempt:
    """Return attempt `number`, drawn now if it is the next one; an open attempt comes before any new one.

    The number makes a repeated request harmless: it meets the attempt that it made, however that one ended.

    Raises:
        NotASupporter, TrainingClosed: see `tutorial.services.entrance`.
        TutorialIncomplete, AlreadyQualified, AttemptsUsedUp: no attempt may be started.
        AttemptUnknown: the number is not the next one.
    """
    participation = participation_lock(participation_id)
    attempts = attempt_list(participation)
    for attempt in attempts:
        if attempt.number == number or attempt.state == State.OPEN:
            return attempt
    check_open(participation)
    state = training_state(participation)
    if state in _REFUSED:
        raise _REFUSED[state]
    if number != len(attempts) + 1:
        raise AttemptUnknown
    return _draw(participation, number=number, earlier=attempts)


def _draw(participation: Participation, *, number: int, earlier: list[Attempt]) -> Attempt:
    protocol = participation.protocol_version.protocol
    rule = protocol.tutorial.exam
    exam = draw(
        protocol.items,
        rule,
        secrets.randbits(_SEED_BITS),
        exclude=_seen_items(earlier) if rule.disjoint_attempts else (),
    )
    attempt = Attempt.objects.create(
        participant=participation.participant,
        participation=participation,
        protocol_version=participation.protocol_version,
        protocol_name=protocol.name,
        number=number,
        seed=exam.seed,
        started_at=database_now(),
    )
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            ordinal=ordinal,
            item_key=drawn.item_key,
            subtask=drawn.subtask,
            option_order=list(drawn.option_order),
        )
        for ordinal, drawn in enumerate(exam.items, start=1)
    )
    return attempt


def _seen_items(earlier: list[Attempt]) -> set[str]:
    """Return the keys of the items met in the present series of attempts."""
    counted = len(series([State(attempt.state) for attempt in earlier]))
    recent = earlier[len(earlier) - counted :]
    return set(AttemptItem.objects.filter(attempt__in=recent).values_list("item_key", flat=True))


@transaction.atomic
def attempt_show(participation_id: int, *, number: int, ordinal: int) -> AttemptItem:
    """Return a question of an open attempt and note when it was first shown.

    Raises:
        NotASupporter, TrainingClosed, AttemptUnknown, AttemptOver, QuestionUnknown: it cannot be shown.
    """
    item = _question(participation_id, number=number, ordinal=ordinal)
    if item.shown_at is None:
        item.shown_at = database_now()
        item.save(update_fields=["shown_at"])
    return item


@transaction.atomic
def attempt_answer(participation_id: int, *, number: int, ordinal: int, place: int) -> AttemptItem:
    """Store the answer to one question; until the attempt is handed in, a later answer takes its place.

    `place` is the chosen option's place as shown, 1 first. Whether it is right is nowhere stored yet.

    Raises:
        NotASupporter, TrainingClosed, AttemptUnknown, AttemptOver, QuestionUnknown: it cannot be answered.
        AnswerUnknown: the question has no option in that place.
    """
    item = _question(participation_id, number=number, ordinal=ordinal)
    if not 1 <= place <= len(item.option_order):
        raise AnswerUnknown
    now = database_now()
    if item.shown_at is None:
        # Answered without having been looked at, by a program for instance: no time at all, noted as such.
        item.shown_at = now
    if item.seconds is None:
        item.seconds = max(0.0, (now - item.shown_at).total_seconds())
    item.answer = place
    item.answered_at = now
    item.save(update_fields=["shown_at", "seconds", "answer", "answered_at"])
    return item


def _question(participation_id: int, *, number: int, ordinal: int) -> AttemptItem:
    participation = participation_lock(participation_id)
    check_open(participation)
    attempt = _attempt(participation, number=number)
    if attempt.state != State.OPEN:
        raise AttemptOver
    item = attempt.items.filter(ordinal=ordinal).first()
    if item is None:
        raise QuestionUnknown
    return item


def _attempt(participation: Participation, *, number: int) -> Attempt:
    for attempt in attempt_list(participation):
        if attempt.number == number:
            return attempt
    raise AttemptUnknown


@transaction.atomic
def attempt_submit(participation_id: int, *, number: int) -> Attempt:
    """Hand in an attempt: mark it, grant or end, and pay, all or nothing; once.

    An attempt that has been handed in is returned as it stands. Training pay is booked with the first attempt
    that is handed in, passed or not, and not again for the second.

    Raises:
        NotASupporter, TrainingClosed, AttemptUnknown: it cannot be handed in.
        AnswersMissing: a question has no answer.
    """
    participation = participation_lock(participation_id)
    attempt = _attempt(participation, number=number)
    if attempt.state != State.OPEN:
        return attempt
    check_open(participation)
    rule = attempt.protocol_version.protocol.tutorial.exam
    result = mark(drawn_items(attempt), answers_of(attempt), rule, items=items_by_key(attempt))
    _store(attempt, result)
    _settle(participation, attempt, rule)
    return attempt


def _store(attempt: Attempt, result: Result) -> None:
    items = list(attempt.items.all())
    for item in items:
        item.correct = result.correct_by_item[item.item_key]
    AttemptItem.objects.bulk_update(items, ["correct"])
    attempt.state = advance(State(attempt.state), Event.PASS if result.passed else Event.FAIL)
    attempt.submitted_at = database_now()
    attempt.subtask_correct = result.subtask_correct
    attempt.harm_correct = result.harm_correct
    attempt.save(update_fields=["state", "submitted_at", "subtask_correct", "harm_correct"])


def _settle(participation: Participation, attempt: Attempt, rule: ExamRule) -> None:
    before = [State(a.state) for a in attempt_list(participation) if a.number < attempt.number]
    if not series(before):
        ledger_book(
            participation,
            reason="training",
            amount=participation.protocol_version.protocol.rewards.training,
        )
    if attempt.state == State.PASSED:
        qualification_grant(attempt.participant, protocol_version=attempt.protocol_version, attempt=attempt)
    training_settle(participation.pk)


@transaction.atomic
def training_settle(participation_id: int) -> Participation:
    """End the participation of a supporter for whom the training was the last step.

    That is whoever cannot pass any more, and whoever has passed where the training is a task of its own. Meets
    those who come back by a new entry too. Everybody else is left alone.

    Raises:
        NotASupporter: see `tutorial.services.entrance`.
    """
    participation = participation_lock(participation_id)
    if participation.ended:
        return participation
    state = training_state(participation)
    if state is TrainingState.FAILED:
        return participation_end(participation.pk, outcome=Outcome.FAILED_TRAINING)
    if state is TrainingState.PASSED and participation.training_only:
        return participation_end(participation.pk, outcome=Outcome.PASSED_TRAINING)
    return participation
