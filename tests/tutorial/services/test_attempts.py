"""Attempts: started, answered and handed in, once whatever is repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from study.models import LedgerEntry, Participation
from study.models.participant import Outcome, Role
from study.services.participations import participation_end
from tests.support.training import (
    answer_all,
    finish_page,
    finish_tutorial,
    make_supporter,
    open_attempt,
    take_exam,
)
from tutorial import api
from tutorial.domain.drawing import draw
from tutorial.domain.errors import (
    AnswersMissing,
    AnswerUnknown,
    AttemptOver,
    AttemptUnknown,
    NotASupporter,
    QuestionUnknown,
    TrainingClosed,
    TutorialIncomplete,
)
from tutorial.domain.lifecycle import State
from tutorial.models import Attempt, AttemptItem, Qualification
from tutorial.selectors import attempt_list, drawn_items, progress
from tutorial.services.attempts import (
    attempt_answer,
    attempt_show,
    attempt_start,
    attempt_submit,
    training_settle,
)

pytestmark = pytest.mark.django_db


def trained() -> Participation:
    """Return a supporter who has worked through every page."""
    participation = make_supporter()
    finish_tutorial(participation)
    return participation


def test_no_exam_before_every_page_is_done() -> None:
    participation = make_supporter()
    pages = [step.page.key for step in progress(participation).steps]
    for page in pages:
        with pytest.raises(TutorialIncomplete):
            attempt_start(participation.pk, number=1)
        finish_page(participation, page)
    assert attempt_start(participation.pk, number=1).state == State.OPEN


def test_a_stored_attempt_can_be_drawn_again_from_its_seed() -> None:
    attempt = open_attempt(trained())
    protocol = attempt.protocol_version.protocol
    again = draw(protocol.items, protocol.tutorial.exam, attempt.seed)
    assert list(again.items) == drawn_items(attempt)


def test_starting_twice_meets_the_same_attempt() -> None:
    participation = trained()
    first = attempt_start(participation.pk, number=1)
    assert attempt_start(participation.pk, number=1) == first
    assert attempt_start(participation.pk, number=2) == first
    assert AttemptItem.objects.filter(attempt=first).count() == 14


@pytest.mark.parametrize("number", [0, 2, 99])
def test_attempts_are_started_in_order(number: int) -> None:
    with pytest.raises(AttemptUnknown):
        attempt_start(trained().pk, number=number)


def test_a_repeated_start_of_the_first_attempt_starts_no_second_one() -> None:
    participation = trained()
    first = take_exam(participation, all_wrong=True)
    assert attempt_start(participation.pk, number=1) == first
    assert attempt_list(participation) == [first]


def test_handing_in_twice_gives_the_same_result() -> None:
    participation = trained()
    first = take_exam(participation, wrong={"question"})
    again = attempt_submit(participation.pk, number=1)
    assert (again.pk, again.submitted_at, again.subtask_correct) == (first.pk, first.submitted_at, 10)
    assert Qualification.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


def test_handing_in_again_after_the_end_gives_the_same_result() -> None:
    participation = trained()
    take_exam(participation, all_wrong=True)
    second = take_exam(participation, all_wrong=True)
    assert attempt_submit(participation.pk, number=2).submitted_at == second.submitted_at


def test_an_attempt_with_gaps_cannot_be_handed_in() -> None:
    participation = trained()
    attempt = open_attempt(participation)
    answer_all(participation, attempt)
    attempt.items.filter(ordinal__in=[3, 9]).update(answer=None, answered_at=None, seconds=None)
    with pytest.raises(AnswersMissing, match=r"Missing: 3, 9\."):
        attempt_submit(participation.pk, number=1)
    attempt.refresh_from_db()
    assert attempt.state == State.OPEN
    assert not LedgerEntry.objects.exists()


def test_an_answer_may_be_changed_until_the_attempt_is_handed_in() -> None:
    participation = trained()
    attempt = open_attempt(participation)
    answer_all(participation, attempt, all_wrong=True)
    answer_all(participation, attempt)
    assert attempt_submit(participation.pk, number=1).state == State.PASSED
    with pytest.raises(AttemptOver):
        attempt_answer(participation.pk, number=1, ordinal=1, place=1)
    with pytest.raises(AttemptOver):
        attempt_show(participation.pk, number=1, ordinal=1)


def test_nothing_says_whether_an_answer_is_right_before_the_attempt_is_handed_in() -> None:
    participation = trained()
    attempt = open_attempt(participation)
    answer_all(participation, attempt, wrong={"question"})
    assert set(attempt.items.values_list("correct", flat=True)) == {None}
    attempt_submit(participation.pk, number=1)
    assert list(attempt.items.filter(correct=False).values_list("subtask", flat=True)) == ["question"]


def test_the_time_of_a_question_runs_from_its_first_showing_to_its_first_answer() -> None:
    participation = trained()
    open_attempt(participation)
    shown = attempt_show(participation.pk, number=1, ordinal=2).shown_at
    AttemptItem.objects.filter(ordinal=2).update(shown_at=shown - timedelta(seconds=30))  # type: ignore[operator]
    attempt_show(participation.pk, number=1, ordinal=2)
    first = attempt_answer(participation.pk, number=1, ordinal=2, place=1)
    assert first.seconds == pytest.approx(30, abs=5)
    AttemptItem.objects.filter(ordinal=2).update(shown_at=shown - timedelta(seconds=900))  # type: ignore[operator]
    assert attempt_answer(participation.pk, number=1, ordinal=2, place=2).seconds == first.seconds


def test_an_answer_without_a_look_took_no_time() -> None:
    participation = trained()
    open_attempt(participation)
    assert attempt_answer(participation.pk, number=1, ordinal=1, place=1).seconds == 0


@pytest.mark.parametrize(
    ("ordinal", "place", "refusal"),
    [(0, 1, QuestionUnknown), (15, 1, QuestionUnknown), (1, 0, AnswerUnknown), (1, 5, AnswerUnknown)],
)
def test_answers_to_nothing_are_refused(ordinal: int, place: int, refusal: type[Exception]) -> None:
    participation = trained()
    open_attempt(participation)
    with pytest.raises(refusal):
        attempt_answer(participation.pk, number=1, ordinal=ordinal, place=place)


def test_another_persons_attempt_is_unknown() -> None:
    open_attempt(trained())
    stranger = make_supporter()
    with pytest.raises(AttemptUnknown):
        attempt_answer(stranger.pk, number=1, ordinal=1, place=1)
    with pytest.raises(AttemptUnknown):
        attempt_submit(stranger.pk, number=1)


def test_seekers_cannot_sit_the_exam() -> None:
    seeker = make_supporter(role=Role.SEEKER)
    for move in (
        lambda: attempt_start(seeker.pk, number=1),
        lambda: attempt_submit(seeker.pk, number=1),
        lambda: training_settle(seeker.pk),
    ):
        with pytest.raises(NotASupporter):
            move()


def test_nothing_is_answered_after_the_participation_has_ended() -> None:
    participation = trained()
    attempt = open_attempt(participation)
    answer_all(participation, attempt)
    participation_end(participation.pk, outcome=Outcome.WITHDRAWN)
    with pytest.raises(TrainingClosed):
        attempt_answer(participation.pk, number=1, ordinal=1, place=1)
    with pytest.raises(TrainingClosed):
        attempt_submit(participation.pk, number=1)
    assert not Qualification.objects.exists()


def test_the_database_knows_one_open_attempt_and_one_of_each_number() -> None:
    participation = trained()
    attempt = open_attempt(participation)
    copy = {
        name: getattr(attempt, name)
        for name in (
            "participant",
            "participation",
            "protocol_version",
            "protocol_name",
            "seed",
            "started_at",
        )
    }
    with pytest.raises(IntegrityError, match="attempt_one_open_per_participant"), transaction.atomic():
        Attempt.objects.create(number=2, **copy)
    attempt_list(participation)
    answer_all(participation, attempt)
    attempt_submit(participation.pk, number=1)
    with pytest.raises(IntegrityError, match="attempt_number_unique"), transaction.atomic():
        Attempt.objects.create(number=1, **copy)
    with pytest.raises(IntegrityError, match="attempt_marked_when_handed_in"), transaction.atomic():
        Attempt.objects.create(number=2, state=State.PASSED, **copy)


def test_correct_positions_come_in_the_order_of_the_questions() -> None:
    attempt = open_attempt(trained())
    keys = list(attempt.items.order_by("ordinal").values_list("item_key", flat=True))
    assert list(api.correct_positions(attempt)) == keys
