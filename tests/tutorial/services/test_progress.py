"""The way through the tutorial: opened, tried, finished, saved."""

from __future__ import annotations

import pytest

from study.models.participant import Outcome, Role
from study.services.participations import participation_end
from tests.support.training import finish_page, finish_tutorial, make_study, make_supporter
from tutorial import api
from tutorial.domain.errors import (
    AnswerUnknown,
    NotASupporter,
    PageUnknown,
    QuestionUnknown,
    QuizOpen,
    TrainingClosed,
)
from tutorial.models import PageProgress, QuizAnswer
from tutorial.selectors import progress
from tutorial.services.progress import page_open, quiz_answer, subtask_complete

pytestmark = pytest.mark.django_db


def test_progress_counts_subtasks_and_safety_pages_apart() -> None:
    participation = make_supporter()
    assert progress(participation).next_page.key == "exploration"  # type: ignore[union-attr]
    for page in ("exploration", "question", "risk_words"):
        finish_page(participation, page)
    now = progress(participation)
    assert (now.subtasks_finished, len(now.subtasks)) == (2, 11)
    assert (now.safety_finished, len(now.safety)) == (1, 3)
    assert now.next_page is not None
    assert now.next_page.key == "comforting"
    finish_tutorial(participation)


def test_progress_is_the_persons_and_not_the_entrys() -> None:
    study = make_study()
    finish_page(make_supporter(study=study, person="ann"), "action")
    assert progress(make_supporter(study=study, person="ann")).subtasks_finished == 1
    assert progress(make_supporter(study=study, person="ben")).subtasks_finished == 0


def test_a_page_is_opened_once() -> None:
    participation = make_supporter()
    first = page_open(participation, page="comforting")
    assert page_open(participation, page="comforting").opened_at == first.opened_at
    assert first.finished_at is None


def test_every_question_must_be_right_before_a_page_is_finished() -> None:
    participation = make_supporter()
    right = api.quiz_positions(participation)["question"]
    for question, place in enumerate(right, start=1):
        with pytest.raises(QuizOpen):
            subtask_complete(participation.pk, page="question")
        wrong = place % 3 + 1
        assert not quiz_answer(participation.pk, page="question", question=question, place=wrong).correct
        assert quiz_answer(participation.pk, page="question", question=question, place=place).correct
    finished = subtask_complete(participation.pk, page="question")
    assert finished.finished_at is not None
    assert subtask_complete(participation.pk, page="question").finished_at == finished.finished_at


def test_a_wrong_answer_after_a_right_one_takes_nothing_back() -> None:
    participation = make_supporter()
    right = api.quiz_positions(participation)["information"]
    for question, place in enumerate(right, start=1):
        quiz_answer(participation.pk, page="information", question=question, place=place)
        quiz_answer(participation.pk, page="information", question=question, place=place % 3 + 1)
    assert subtask_complete(participation.pk, page="information").finished_at is not None


def test_right_answers_on_one_page_do_not_finish_another() -> None:
    participation = make_supporter()
    finish_page(participation, "question")
    with pytest.raises(QuizOpen):
        subtask_complete(participation.pk, page="others")


def test_every_try_is_logged_with_the_option_of_the_protocol() -> None:
    participation = make_supporter()
    for place in (1, 2, 3):
        quiz_answer(participation.pk, page="comforting", question=1, place=place)
    tries = list(QuizAnswer.objects.order_by("pk"))
    assert sorted(one.option for one in tries)[:3] == sorted({one.option for one in tries})
    items = {item.key: item for item in participation.protocol_version.protocol.items}
    for one in tries:
        assert one.correct is items[one.item_key].options[one.option].correct


@pytest.mark.parametrize(
    ("page", "question", "place", "refusal"),
    [
        ("nowhere", 1, 1, PageUnknown),
        ("action", 0, 1, QuestionUnknown),
        ("action", 9, 1, QuestionUnknown),
        ("looking_after_yourself", 1, 1, QuestionUnknown),
        ("action", 1, 0, AnswerUnknown),
        ("action", 1, 5, AnswerUnknown),
    ],
)
def test_answers_to_nothing_are_refused_and_not_logged(
    page: str, question: int, place: int, refusal: type[Exception]
) -> None:
    participation = make_supporter()
    with pytest.raises(refusal):
        quiz_answer(participation.pk, page=page, question=question, place=place)
    assert not QuizAnswer.objects.exists()


def test_an_unknown_page_cannot_be_finished() -> None:
    with pytest.raises(PageUnknown):
        subtask_complete(make_supporter().pk, page="do_no_harm")
    assert not PageProgress.objects.exists()


def test_only_supporters_who_are_still_taking_part_leave_rows() -> None:
    seeker = make_supporter(role=Role.SEEKER)
    with pytest.raises(NotASupporter):
        quiz_answer(seeker.pk, page="action", question=1, place=1)
    with pytest.raises(NotASupporter):
        subtask_complete(seeker.pk, page="looking_after_yourself")
    gone = make_supporter()
    participation_end(gone.pk, outcome=Outcome.WITHDRAWN)
    with pytest.raises(TrainingClosed):
        quiz_answer(gone.pk, page="action", question=1, place=1)
    with pytest.raises(TrainingClosed):
        subtask_complete(gone.pk, page="looking_after_yourself")
    assert not QuizAnswer.objects.exists()
    assert not PageProgress.objects.exists()
