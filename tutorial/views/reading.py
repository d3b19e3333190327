"""The tutorial: its overview and its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from study.access import page_context
from study.domain.exam_content import Item
from study.models import Participation
from tutorial.domain.errors import PageUnknown, QuestionUnknown, QuizOpen
from tutorial.domain.pages import Page, find_page, quiz_order, tutorial_pages
from tutorial.domain.standing import TrainingState
from tutorial.models import QuizAnswer
from tutorial.selectors import attempt_list, progress, quiz_answers, training_state
from tutorial.services.attempts import training_settle
from tutorial.services.progress import page_open, quiz_answer, subtask_complete
from tutorial.views.access import AnswerForm, supporter_page


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a page's quiz as shown to one reader."""

    number: int
    item: Item
    form: AnswerForm
    feedback: str
    """What is said to the last answer; empty before the first."""
    right: bool
    """Whether the last answer was right."""
    solved: bool
    """Whether any answer was."""


@supporter_page
@require_safe
def overview(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show how far the supporter is, and what comes next."""
    state = training_state(participation)
    if participation.ended or state is TrainingState.FAILED:
        training_settle(participation.pk)
        return redirect("journey", participation.public_id)
    rule = participation.protocol_version.protocol.tutorial.exam
    context = page_context(participation, step="exam" if state is TrainingState.EXAM else "tutorial")
    context |= {
        "progress": progress(participation),
        "state": state.value,
        "rule": rule,
        "questions": rule.questions_per_subtask * len(progress(participation).subtasks) + rule.harm_items,
        "attempts": attempt_list(participation),
    }
    return render(request, "tutorial/overview.html", context)


@supporter_page
@require_http_methods(["GET", "HEAD"])
def page(request: HttpRequest, participation: Participation, key: str) -> HttpResponse:
    """Show one page with its quiz."""
    found = _found(participation, key)
    if participation.ended:
        return redirect("journey", participation.public_id)
    if training_state(participation) is TrainingState.TUTORIAL:
        # Reading again after that is nobody's progress.
        page_open(participation, page=found.key)
    return _render(request, participation, found)


@supporter_page
@require_POST
def quiz(request: HttpRequest, participation: Participation, key: str, question: int) -> HttpResponse:
    """Take one try at a question and go back to it."""
    found = _found(participation, key)
    try:
        item = found.question(question)
    except QuestionUnknown:
        raise Http404 from None
    form = _form(participation, item, question, data=request.POST)
    if not form.is_valid():
        return _render(request, participation, found, invalid=(question, form))
    quiz_answer(participation.pk, page=key, question=question, place=form.cleaned_data["answer"])
    return _to_page(participation, key, fragment=f"question-{question}")


@supporter_page
@require_POST
def complete(request: HttpRequest, participation: Participation, key: str) -> HttpResponse:
    """Finish a page and open the next one that is not done."""
    _found(participation, key)
    try:
        subtask_complete(participation.pk, page=key)
    except QuizOpen as refusal:
        messages.error(request, str(refusal))
        return _to_page(participation, key, fragment="quiz")
    following = progress(participation).next_page
    if following is None:
        return redirect("tutorial:overview", participation.public_id)
    return _to_page(participation, following.key)


def _found(participation: Participation, key: str) -> Page:
    try:
        return find_page(participation.protocol_version.protocol, key)
    except PageUnknown:
        raise Http404 from None


def _to_page(participation: Participation, key: str, *, fragment: str = "") -> HttpResponseRedirect:
    url = reverse("tutorial:page", args=[participation.public_id, key])
    return HttpResponseRedirect(f"{url}#{fragment}" if fragment else url)


def _form(
    participation: Participation, item: Item, number: int, *, data: object = None, chosen: int | None = None
) -> AnswerForm:
    order = quiz_order(item, reader=participation.participant.public_id)
    options = [item.options[index].text for index in order]
    return AnswerForm(data, stem=item.stem, options=options, prefix=f"q{number}", chosen=chosen)


def _questions(
    participation: Participation, shown: Page, invalid: tuple[int, AnswerForm] | None
) -> list[Question]:
    tries: dict[str, list[QuizAnswer]] = {}
    for one in quiz_answers(participation, page=shown.key):
        tries.setdefault(one.item_key, []).append(one)
    questions = []
    for number, item in enumerate(shown.quiz, start=1):
        own = tries.get(item.key, [])
        last = own[-1] if own else None
        order = quiz_order(item, reader=participation.participant.public_id)
        chosen = order.index(last.option) + 1 if last else None
        form = _form(participation, item, number, chosen=chosen)
        questions.append(
            Question(
                number=number,
                item=item,
                form=invalid[1] if invalid is not None and invalid[0] == number else form,
                feedback=item.options[last.option].feedback if last else "",
                right=last.correct if last else False,
                solved=any(one.correct for one in own),
            )
        )
    return questions


def _render(
    request: HttpRequest,
    participation: Participation,
    shown: Page,
    *,
    invalid: tuple[int, AnswerForm] | None = None,
) -> HttpResponse:
    protocol = participation.protocol_version.protocol
    pages = tutorial_pages(protocol)
    place = [one.key for one in pages].index(shown.key)
    group = [one for one in pages if one.is_safety == shown.is_safety]
    steps = {step.page.key: step for step in progress(participation).steps}
    context: dict[str, Any] = page_context(participation, step="tutorial") | {
        "page": shown,
        "content": shown.content,
        "number": [one.key for one in group].index(shown.key) + 1,
        "count": len(group),
        "questions": _questions(participation, shown, invalid),
        "strategy_names": {strategy.key: strategy.name for strategy in protocol.strategies},
        "finished": steps[shown.key].finished,
        "previous": pages[place - 1] if place else None,
        "following": pages[place + 1] if place + 1 < len(pages) else None,
    }
    return render(request, "tutorial/page.html", context)
