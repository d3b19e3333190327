"""The exam: its rule, its questions one by one, a last look, and the result.

No page of the exam holds a key, an item's name or, before the attempt is handed in, a word of feedback.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from study.access import page_context
from study.domain.exam_content import DO_NO_HARM
from study.models import Participation
from tutorial.domain.errors import AnswersMissing, AttemptOver, QuestionUnknown
from tutorial.domain.lifecycle import State
from tutorial.domain.standing import TrainingState
from tutorial.models import Attempt, AttemptItem
from tutorial.selectors import attempt_get, attempt_list, attempt_result, items_by_key, training_state
from tutorial.services.attempts import (
    attempt_answer,
    attempt_show,
    attempt_start,
    attempt_submit,
)
from tutorial.views.access import AnswerForm, supporter_page


@dataclass(frozen=True, slots=True)
class PartRow:
    """One line of the result."""

    title: str
    page: str
    """Key of the page to read again; empty for the safety pages together."""
    correct: int
    asked: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said to an answer that was not right. The right one is not named."""

    stem: str
    chosen: str
    feedback: str


@supporter_page
@require_safe
def hall(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Explain the exam and offer the next attempt."""
    attempts = attempt_list(participation)
    if participation.ended or training_state(participation) is not TrainingState.EXAM:
        return redirect("tutorial:overview", participation.public_id)
    open_attempt = next((attempt for attempt in attempts if attempt.state == State.OPEN), None)
    tutorial = participation.protocol_version.protocol.tutorial
    rule = tutorial.exam
    context = page_context(participation, step="exam") | {
        "rule": rule,
        "subtask_questions": rule.questions_per_subtask * len(tutorial.subtasks),
        "open_attempt": open_attempt,
        "number": open_attempt.number if open_attempt else len(attempts) + 1,
        "last_failed": next((a for a in reversed(attempts) if a.state == State.FAILED), None),
    }
    return render(request, "tutorial/exam.html", context)


@supporter_page
@require_POST
def start(request: HttpRequest, participation: Participation, number: int) -> HttpResponse:
    """Start an attempt, or go on with the one that is open."""
    attempt = attempt_start(participation.pk, number=number)
    if attempt.state != State.OPEN:
        return redirect("tutorial:result", participation.public_id, attempt.number)
    return _next_question(participation, attempt)


@supporter_page
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, participation: Participation, number: int, ordinal: int) -> HttpResponse:
    """Ask one question and take its answer."""
    attempt = _attempt(participation, number)
    if participation.ended:
        return redirect("journey", participation.public_id)
    try:
        item = attempt_show(participation.pk, number=number, ordinal=ordinal)
    except QuestionUnknown:
        raise Http404 from None
    except AttemptOver:
        return redirect("tutorial:result", participation.public_id, number)
    form = _form(attempt, item, request)
    if request.method == "POST" and form.is_valid():
        attempt_answer(participation.pk, number=number, ordinal=ordinal, place=form.cleaned_data["answer"])
        return _next_question(participation, attempt, after=ordinal)
    context = page_context(participation, step="exam") | {
        "attempt": attempt,
        "ordinal": ordinal,
        "count": attempt.items.count(),
        "answered": attempt.items.filter(answer__isnull=False).count(),
        "excerpt": items_by_key(attempt)[item.item_key].excerpt,
        "form": form,
    }
    return render(request, "tutorial/question.html", context)


@supporter_page
@require_safe
def review(request: HttpRequest, participation: Participation, number: int) -> HttpResponse:
    """Show which questions are answered, before the attempt is handed in."""
    attempt = _attempt(participation, number)
    if attempt.state != State.OPEN:
        return redirect("tutorial:result", participation.public_id, number)
    bank = items_by_key(attempt)
    rows = [
        {"ordinal": item.ordinal, "stem": bank[item.item_key].stem, "answered": item.answer is not None}
        for item in attempt.items.order_by("ordinal")
    ]
    context = page_context(participation, step="exam") | {
        "attempt": attempt,
        "rows": rows,
        "missing": sum(not row["answered"] for row in rows),
    }
    return render(request, "tutorial/review.html", context)


@supporter_page
@require_POST
def submit(request: HttpRequest, participation: Participation, number: int) -> HttpResponse:
    """Hand in the attempt and show its result."""
    _attempt(participation, number)
    try:
        attempt_submit(participation.pk, number=number)
    except AnswersMissing as refusal:
        messages.error(request, str(refusal))
        return redirect("tutorial:review", participation.public_id, number)
    return redirect("tutorial:result", participation.public_id, number)


@supporter_page
@require_safe
def result(request: HttpRequest, participation: Participation, number: int) -> HttpResponse:
    """Show the score of each part and what to read again, never a key."""
    attempt = _attempt(participation, number)
    if attempt.state == State.OPEN:
        return redirect("tutorial:review", participation.public_id, number)
    rows = _part_rows(attempt)
    rule = attempt.protocol_version.protocol.tutorial.exam
    context = page_context(participation, step="exam") | {
        "attempt": attempt,
        "passed": attempt.state == State.PASSED,
        "rows": rows,
        "reread": [row for row in rows if row.correct < row.asked],
        "remarks": _remarks(attempt),
        "rule": rule,
        "subtasks_asked": sum(row.asked for row in rows if row.page),
        "harm_asked": sum(row.asked for row in rows if not row.page),
        "again": training_state(participation) is TrainingState.EXAM and not participation.ended,
    }
    return render(request, "tutorial/result.html", context)


def _attempt(participation: Participation, number: int) -> Attempt:
    attempt = attempt_get(participation, number=number)
    if attempt is None:
        raise Http404
    return attempt


def _form(attempt: Attempt, item: AttemptItem, request: HttpRequest) -> AnswerForm:
    asked = items_by_key(attempt)[item.item_key]
    return AnswerForm(
        request.POST if request.method == "POST" else None,
        stem=asked.stem,
        options=[asked.options[index].text for index in item.option_order],
        prefix=f"q{item.ordinal}",
        chosen=item.answer,
    )


def _next_question(participation: Participation, attempt: Attempt, *, after: int = 0) -> HttpResponse:
    """Go to the next question without an answer, or to the last look when there is none after this one."""
    following = attempt.items.filter(answer__isnull=True, ordinal__gt=after).order_by("ordinal").first()
    if following is None:
        return redirect("tutorial:review", participation.public_id, attempt.number)
    return redirect("tutorial:question", participation.public_id, attempt.number, following.ordinal)


def _part_rows(attempt: Attempt) -> list[PartRow]:
    tutorial = attempt.protocol_version.protocol.tutorial
    parts = {part.subtask: part for part in attempt_result(attempt).parts}
    titles = [(subtask.key, subtask.title) for subtask in tutorial.subtasks]
    return [
        PartRow(title, "" if key == DO_NO_HARM else key, parts[key].correct, parts[key].asked)
        for key, title in [*titles, (DO_NO_HARM, _("Keeping people safe"))]
        if key in parts
    ]


def _remarks(attempt: Attempt) -> list[Remark]:
    bank = items_by_key(attempt)
    remarks = []
    for item in attempt.items.filter(correct=False).order_by("ordinal"):
        asked = bank[item.item_key]
        if item.answer is not None:
            chosen = asked.options[item.option_order[item.answer - 1]]
            remarks.append(Remark(stem=asked.stem, chosen=chosen.text, feedback=chosen.feedback))
    return remarks
