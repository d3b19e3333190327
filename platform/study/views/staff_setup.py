"""A study's set-up: the checklist, its details, its budget, its state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from study.checklist import checklist, in_the_way
from study.clock import database_now
from study.domain.consent_content import fill
from study.domain.errors import StudyStepRefused
from study.domain.pay_estimate import Assumptions, pay_estimate
from study.domain.study_lifecycle import StudyState, StudyStep, steps_from
from study.models import Study
from study.pay_report import pay_rates
from study.services.studies import DETAILS, study_advance, study_budget_set, study_edit
from study.staff import staff_page, study_page_context
from study.staff_forms import AssumptionsForm, BudgetForm, DetailsForm

WHERE = {
    "protocol": "studies:protocol",
    "limits": "studies:protocol",
    "resources": "studies:protocol",
    "consent": "studies:details",
    "recruitment": "studies:recruitment",
    "pay": "studies:pay",
    "budget": "studies:pay",
    "preview": "live:previews",
}
"""The page on which an item of the checklist is put in order."""


BACK = {"live": "research:monitor"}
"""Where else a button that changes the state may stand."""


def study_or_404(slug: str) -> Study:
    """Return a study of the researchers, not one of its previews."""
    studies = Study.objects.select_related("protocol_version").filter(preview_of__isnull=True)
    return get_object_or_404(studies, slug=slug)


@staff_page
@require_safe
def setup(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the checklist and what may be done with the study now."""
    study = study_or_404(slug)
    items = checklist(study, today=database_now().date())
    context = study_page_context(request, study, tab="setup") | {
        "items": [(item, WHERE[item.key]) for item in items],
        "red": len(in_the_way(items)),
        "steps": steps_from(StudyState(study.state)),
        "events": study.events.order_by("-pk")[:50],
    }
    return render(request, "research/setup.html", context)


@staff_page
@require_POST
def advance(request: HttpRequest, slug: str) -> HttpResponse:
    """Open, pause or close the study."""
    study = study_or_404(slug)
    try:
        step = StudyStep(request.POST.get("step", ""))
    except ValueError:
        raise Http404 from None
    try:
        study = study_advance(study.pk, step, by=request.user.get_username())
    except StudyStepRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The study is now: %(state)s.") % {"state": study.get_state_display()})
    return redirect(BACK.get(request.POST.get("back", ""), "studies:setup"), slug)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the study's details; show the consent text as it reads with them."""
    study = study_or_404(slug)
    initial = {name: getattr(study, name) for name in DETAILS}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        study_edit(study.pk, by=request.user.get_username(), changes=form.cleaned_data)
        messages.success(request, _("Stored."))
        return redirect("studies:details", slug)
    consent = study.protocol_version.protocol.consent
    context = study_page_context(request, study, tab="setup") | {
        "form": form,
        "consent": consent,
        "sections": fill(
            consent,
            contact=study.contact or "–",
            institution=study.institution,
            review_board=study.review_board,
        ),
    }
    return render(request, "research/study_details.html", context, status=400 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pay table, what it comes to and what is observed; set the caps."""
    study = study_or_404(slug)
    caps = BudgetForm(request.POST or None, initial={"soft": study.budget_soft, "hard": study.budget_hard})
    if request.method == "POST" and caps.is_valid():
        try:
            study_budget_set(
                study.pk,
                by=request.user.get_username(),
                soft=caps.cleaned_data["soft"],
                hard=caps.cleaned_data["hard"],
            )
        except ValueError as error:
            caps.add_error(None, str(error))
        else:
            messages.success(request, _("Stored."))
            return redirect("studies:pay", slug)
    context = study_page_context(request, study, tab="setup") | _estimated(request, study) | {"caps": caps}
    return render(request, "research/study_pay.html", context, status=400 if caps.errors else 200)


def _estimated(request: HttpRequest, study: Study) -> dict[str, Any]:
    rewards = study.protocol_version.protocol.rewards
    defaults = {name: round(value, 2) for name, value in asdict(Assumptions()).items()}
    form = AssumptionsForm(request.GET or None, initial=defaults)
    assumed = Assumptions(**form.cleaned_data) if form.is_bound and form.is_valid() else Assumptions()
    table = [(row, row.base * rewards.base + row.bonuses * rewards.bonus) for row in rewards.table]
    return {
        "rewards": rewards,
        "table": table,
        "assumptions": form,
        "estimate": pay_estimate(rewards, assumed),
        "observed": pay_rates(study),
    }
