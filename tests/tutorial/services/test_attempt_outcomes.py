"""What follows from an attempt: a qualification, a second chance, or the end; and pay in every case."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from study.domain.exam_content import DO_NO_HARM
from study.models import LedgerEntry, Participation
from study.models.participant import Outcome
from study.selectors import ledger_lines
from tests.support import factories
from tests.support.training import (
    answer_all,
    finish_tutorial,
    make_study,
    make_supporter,
    open_attempt,
    take_exam,
)
from tutorial.domain.errors import (
    AlreadyQualified,
    AttemptsUsedUp,
    TrainingClosed,
)
from tutorial.domain.lifecycle import State
from tutorial.domain.standing import TrainingState
from tutorial.models import Qualification
from tutorial.selectors import training_state
from tutorial.services.attempts import (
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


def pay(participation: Participation) -> dict[str, Decimal]:
    return {entry.reason: entry.amount for entry in ledger_lines(participation)}


def test_passing_grants_pays_and_leaves_the_participation_open() -> None:
    participation = trained()
    attempt = take_exam(participation, wrong={"question", "information"})
    assert (attempt.state, attempt.subtask_correct, attempt.harm_correct) == (State.PASSED, 9, 3)
    qualification = Qualification.objects.get(participant=participation.participant)
    assert qualification.attempt == attempt
    assert qualification.expires_at - qualification.granted_at == timedelta(days=180)
    assert pay(participation) == {"training": Decimal("6.00")}
    participation.refresh_from_db()
    assert not participation.ended
    assert training_state(participation) is TrainingState.PASSED
    with pytest.raises(AlreadyQualified):
        attempt_start(participation.pk, number=2)


@pytest.mark.parametrize("wrong", [{"question", "information", "others"}, {DO_NO_HARM}])
def test_failing_once_pays_and_leaves_a_second_attempt_on_other_items(wrong: set[str]) -> None:
    participation = trained()
    first = take_exam(participation, wrong=wrong)
    assert first.state == State.FAILED
    assert pay(participation) == {"training": Decimal("6.00")}
    assert training_state(participation) is TrainingState.EXAM
    second = open_attempt(participation)
    keys = [set(attempt.items.values_list("item_key", flat=True)) for attempt in (first, second)]
    assert not keys[0] & keys[1]
    assert second.seed != first.seed
    answer_all(participation, second)
    assert attempt_submit(participation.pk, number=2).state == State.PASSED
    assert pay(participation) == {"training": Decimal("6.00")}


def test_failing_twice_ends_the_participation_paid_in_full() -> None:
    participation = trained()
    take_exam(participation, all_wrong=True)
    take_exam(participation, all_wrong=True)
    participation.refresh_from_db()
    assert (participation.outcome, participation.exit_status) == (Outcome.FAILED_TRAINING, "00")
    assert participation.completion_code
    assert pay(participation) == {"training": Decimal("6.00")}
    assert not Qualification.objects.exists()
    with pytest.raises(TrainingClosed):
        attempt_start(participation.pk, number=3)


def test_a_new_entry_is_no_new_chance() -> None:
    study = factories.make_study(again=["failed_training"])
    first = make_supporter(study=study, person="ann")
    finish_tutorial(first)
    take_exam(first, all_wrong=True)
    take_exam(first, all_wrong=True)
    again = make_supporter(study=study, person="ann")
    assert training_state(again) is TrainingState.FAILED
    with pytest.raises(AttemptsUsedUp):
        attempt_start(again.pk, number=3)
    assert training_settle(again.pk).outcome == Outcome.FAILED_TRAINING
    assert pay(again) == {}
    assert LedgerEntry.objects.filter(reason="training").count() == 1


def test_an_open_attempt_is_finished_in_a_later_entry_and_paid_there() -> None:
    study = make_study()
    first = make_supporter(study=study, person="ann")
    finish_tutorial(first)
    attempt = open_attempt(first)
    again = make_supporter(study=study, person="ann")
    assert attempt_start(again.pk, number=1) == attempt
    answer_all(again, attempt)
    assert attempt_submit(again.pk, number=1).state == State.PASSED
    assert (pay(first), pay(again)) == ({}, {"training": Decimal("6.00")})


def test_settling_leaves_everybody_else_alone() -> None:
    participation = trained()
    assert training_settle(participation.pk).outcome == ""
    take_exam(participation)
    assert training_settle(participation.pk).outcome == ""


def test_a_supporter_whose_qualification_expired_has_all_attempts_again_and_is_paid_again() -> None:
    study = make_study()
    first = make_supporter(study=study, person="ann")
    finish_tutorial(first)
    take_exam(first)
    Qualification.objects.update(
        expires_at=Qualification.objects.get().granted_at + timedelta(microseconds=1)
    )
    again = make_supporter(study=study, person="ann")
    assert training_state(again) is TrainingState.EXAM
    assert take_exam(again, all_wrong=True).number == 2
    assert take_exam(again).state == State.PASSED
    assert pay(again) == {"training": Decimal("6.00")}
    assert training_state(again) is TrainingState.PASSED
