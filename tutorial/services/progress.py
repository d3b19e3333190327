"""Save a supporter's way through the tutorial."""

from __future__ import annotations

from django.db import transaction

from study.clock import database_now
from study.models import Participation
from tutorial.domain.errors import AnswerUnknown, QuizOpen
from tutorial.domain.pages import find_page, quiz_order
from tutorial.models import PageProgress, QuizAnswer
from tutorial.services.entrance import check_open, participation_lock


@transaction.atomic
def page_open(participation: Participation, *, page: str) -> PageProgress:
    """Note that a page was opened; the first time counts.

    Raises:
        PageUnknown: the tutorial has no such page.
    """
    found = find_page(participation.protocol_version.protocol, page)
    progress, _created = PageProgress.objects.get_or_create(
        participant=participation.participant,
        protocol_version=participation.protocol_version,
        page=found.key,
        defaults={"opened_at": database_now()},
    )
    return progress


@transaction.atomic
def quiz_answer(participation_id: int, *, page: str, question: int, place: int) -> QuizAnswer:
    """Log one try at a question of a page's quiz.

    `question` is the question's number on the page, `place` the chosen option's place as this participant
    sees it; both 1 first.

    Raises:
        NotASupporter, TrainingClosed: see `tutorial.services.entrance`.
        PageUnknown, QuestionUnknown, AnswerUnknown: there is no such page, question or option.
    """
    participation = participation_lock(participation_id)
    check_open(participation)
    item = find_page(participation.protocol_version.protocol, page).question(question)
    order = quiz_order(item, reader=participation.participant.public_id)
    if not 1 <= place <= len(order):
        raise AnswerUnknown
    option = order[place - 1]
    return QuizAnswer.objects.create(
        participant=participation.participant,
        protocol_version=participation.protocol_version,
        page=page,
        item_key=item.key,
        option=option,
        correct=item.options[option].correct,
        answered_at=database_now(),
    )


@transaction.atomic
def subtask_complete(participation_id: int, *, page: str) -> PageProgress:
    """Finish a page whose quiz has been answered right; a second time changes nothing.

    Raises:
        NotASupporter, TrainingClosed: see `tutorial.services.entrance`.
        PageUnknown: the tutorial has no such page.
        QuizOpen: a question of the quiz has no right answer yet.
    """
    participation = participation_lock(participation_id)
    check_open(participation)
    quiz = find_page(participation.protocol_version.protocol, page).quiz
    progress = page_open(participation, page=page)
    if progress.finished_at is not None:
        return progress
    solved = set(
        QuizAnswer.objects.filter(
            participant=participation.participant,
            protocol_version=participation.protocol_version,
            page=page,
            correct=True,
        ).values_list("item_key", flat=True)
    )
    if any(item.key not in solved for item in quiz):
        raise QuizOpen
    progress.finished_at = database_now()
    progress.save(update_fields=["finished_at"])
    return progress
