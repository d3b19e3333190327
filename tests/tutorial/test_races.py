"""Two tabs, a hundred requests: many threads at one barrier, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from study.domain.errors import ApplicationError
from study.models import LedgerEntry
from study.models.participant import Outcome
from tests.support.training import (
    answer_all,
    finish_tutorial,
    make_study,
    make_supporter,
    open_attempt,
    take_exam,
)
from tutorial.domain.lifecycle import State
from tutorial.models import Attempt, AttemptItem, PageProgress, Qualification
from tutorial.selectors import attempt_list
from tutorial.services.attempts import attempt_answer, attempt_start, attempt_submit
from tutorial.services.progress import page_open, quiz_answer, subtask_complete

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(*moves: Callable[[], Any]) -> list[Any]:
    """Start all moves at the same instant; return what each gave back, or the error it was refused with."""
    barrier = threading.Barrier(len(moves))

    def run(move: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return move()
        except ApplicationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(run, moves))


def test_parallel_starts_draw_one_attempt() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    for number in (1, 2):
        started = at_once(*[lambda n=number: attempt_start(participation.pk, number=n)] * THREADS)  # type: ignore[misc]
        assert {attempt.pk for attempt in started} == {attempt_list(participation)[-1].pk}
        assert Attempt.objects.count() == number
        assert AttemptItem.objects.count() == 14 * number
        if number == 1:
            answer_all(participation, started[0], all_wrong=True)
            attempt_submit(participation.pk, number=1)


def test_parallel_starts_from_two_entries_of_one_person_draw_one_attempt() -> None:
    study = make_study()
    entries = [make_supporter(study=study, person="ann") for _ in range(2)]
    finish_tutorial(entries[0])
    started = at_once(
        *[lambda pk=entry.pk: attempt_start(pk, number=1) for entry in entries * (THREADS // 2)]  # type: ignore[misc]
    )
    assert len({attempt.pk for attempt in started}) == 1


@pytest.mark.parametrize("all_wrong", [False, True])
def test_parallel_submissions_are_marked_and_paid_once(all_wrong: bool) -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    if all_wrong:
        take_exam(participation, all_wrong=True)
    attempt = open_attempt(participation)
    answer_all(participation, attempt, all_wrong=all_wrong)
    results = at_once(*[lambda: attempt_submit(participation.pk, number=attempt.number)] * THREADS)
    assert len({(a.pk, a.state, a.submitted_at, a.subtask_correct, a.harm_correct) for a in results}) == 1
    assert Qualification.objects.count() == (0 if all_wrong else 1)
    assert list(LedgerEntry.objects.values_list("reason", flat=True)) == ["training"]
    participation.refresh_from_db()
    assert participation.outcome == (Outcome.FAILED_TRAINING if all_wrong else "")


def test_answers_racing_the_submission_change_no_mark() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    attempt = open_attempt(participation)
    answer_all(participation, attempt, all_wrong=True)
    positions = [
        (item.ordinal, item.answer % len(item.option_order) + 1)  # type: ignore[operator]
        for item in attempt.items.order_by("ordinal")
    ]
    at_once(
        lambda: attempt_submit(participation.pk, number=1),
        *[
            lambda o=ordinal, p=place: attempt_answer(participation.pk, number=1, ordinal=o, place=p)  # type: ignore[misc]
            for ordinal, place in positions[:7]
        ],
    )
    attempt.refresh_from_db()
    bank = {item.key: item for item in attempt.protocol_version.protocol.items}
    right = 0
    for item in attempt.items.all():
        assert item.answer is not None
        chosen = bank[item.item_key].options[item.option_order[item.answer - 1]]
        assert item.correct is chosen.correct
        right += chosen.correct
    assert right == (attempt.subtask_correct or 0) + (attempt.harm_correct or 0)
    assert (attempt.state == State.PASSED) == Qualification.objects.exists()


def test_starting_while_submitting_never_leaves_two_open_attempts() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    attempt = open_attempt(participation)
    answer_all(participation, attempt, all_wrong=True)
    at_once(
        *[lambda: attempt_submit(participation.pk, number=1)] * 4,
        *[lambda: attempt_start(participation.pk, number=2)] * 4,
        *[lambda: attempt_start(participation.pk, number=3)] * 2,
    )
    states = [attempt.state for attempt in attempt_list(participation)]
    assert states in ([State.FAILED], [State.FAILED, State.OPEN])


def test_parallel_readers_open_and_finish_a_page_once() -> None:
    participation = make_supporter()
    at_once(*[lambda: page_open(participation, page="action")] * THREADS)
    finished = at_once(
        *[lambda: subtask_complete(participation.pk, page="looking_after_yourself")] * THREADS,
    )
    assert len({row.finished_at for row in finished}) == 1
    at_once(
        *[lambda p=p: quiz_answer(participation.pk, page="action", question=1, place=p) for p in (1, 2, 3)]
    )  # type: ignore[misc]
    assert PageProgress.objects.count() == 2
