"""The reviewers' queue of safety cases."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collection.domain.lifecycle import State
from collection.domain.safety import CaseKind, CaseState, Resolution
from collection.models import SafetyCase
from collection.safety_queue import PAGE, case_context, safety_cases, safety_newest, safety_open_counts
from collection.safety_texts import case_row, resolution_label, step_label
from collection.services import safety_actions as actions
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.staff_roles import StaffRole
from study.models import Study
from study.staff import page_context, role_page

safety_page = role_page(StaffRole.RESEARCHER, StaffRole.REVIEWER)
"""Opens a view to whoever looks at what was flagged."""


@safety_page
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the most pressing first; closed cases on request."""
    study = Study.objects.filter(slug=request.GET.get("study", "")).first()
    closed = "closed" in request.GET
    now = database_now()
    cases = [case_row(case, now=now) for case in safety_cases(study=study, closed=closed)[:PAGE]]
    context = page_context(request, section="safety") | {
        "cases": cases,
        "closed": closed,
        "study": study,
        "counts": safety_open_counts(study),
        "newest": safety_newest(),
        "watched": Study.objects.filter(state=Study.State.OPEN).order_by("title"),
    }
    return render(request, "research/safety_queue.html", context)


@safety_page
@require_safe
def news(request: HttpRequest) -> JsonResponse:
    """Tell an open queue whether it is out of date: ids and counts, no words."""
    return JsonResponse(safety_open_counts() | {"newest": safety_newest()})


@safety_page
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show one case without any of its words."""
    return _page(request, _case(case_id))


@safety_page
@require_POST
def read(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show the context, and write down who read it."""
    found = _case(case_id)
    actions.case_context_read(found.pk, by=_staff(request))
    return _page(request, found, with_context=True)


@safety_page
@require_POST
def act(request: HttpRequest, case_id: int) -> HttpResponse:
    """Do one of the defined things."""
    found = _case(case_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the actions."))
        return redirect("safety:case", found.pk)
    try:
        _do(found.pk, form.cleaned_data, by=_staff(request))
        messages.success(request, _("Done, and written into the journal."))
    except ApplicationError as error:
        messages.error(request, str(error))
    return redirect("safety:case", found.pk)


class ActForm(forms.Form):
    """One action with its words."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in ("acknowledge", "contact", "end", "escalate", "reopen")]
        + [(resolution.value, resolution.value) for resolution in Resolution]
    )
    note = forms.CharField(required=False, max_length=1000)
    text = forms.CharField(required=False, max_length=2000)
    client_uid = forms.SlugField(required=False, max_length=64)


def _do(case_id: int, data: dict[str, Any], *, by: AbstractBaseUser) -> SafetyCase:
    action, note = data["action"], data["note"]
    if action == "acknowledge":
        return actions.case_acknowledge(case_id, by=by)
    if action == "contact":
        uid = data["client_uid"] or uuid.uuid4().hex
        return actions.case_contact(case_id, by=by, text=data["text"], client_uid=uid)
    if action == "end":
        return actions.case_end_conversation(case_id, by=by, note=note)
    if action == "escalate":
        return actions.case_escalate(case_id, by=by, note=note)
    if action == "reopen":
        return actions.case_reopen(case_id, by=by, note=note)
    return actions.case_close(case_id, by=by, resolution=Resolution(action), note=note)


def _page(request: HttpRequest, found: SafetyCase, *, with_context: bool = False) -> HttpResponse:
    going_on = found.conversation is not None and found.conversation.state == State.CHATTING
    closings = [r for r in Resolution if r is not Resolution.KEPT_APART or found.kind == CaseKind.REPORT]
    context = page_context(request, section="safety") | {
        "case": found,
        "row": case_row(found, now=database_now()),
        "signals": found.signals.all(),
        "steps": [(step, step_label(step)) for step in found.steps.select_related("by")],
        "context": case_context(found) if with_context else None,
        "going_on": going_on,
        "is_open": found.state != CaseState.CLOSED,
        "may_escalate": found.state in {CaseState.OPEN, CaseState.ACKNOWLEDGED},
        "closings": [(r.value, resolution_label(r)) for r in closings],
        "client_uid": uuid.uuid4().hex,
        "frozen": found.freezes.filter(lifted_at__isnull=True).exists(),
    }
    return render(request, "research/safety_case.html", context)


def _case(case_id: int) -> SafetyCase:
    related = ("study", "participation", "conversation", "taken_by")
    found = SafetyCase.objects.select_related(*related).filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


def _staff(request: HttpRequest) -> AbstractBaseUser:
    assert isinstance(request.user, AbstractBaseUser), "the page lets nobody else in"
    return request.user
