"""One study's safety: whether somebody reads along, which places that help were tried, and what retention took."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models import Study
from study.services.resources import is_real, resource_statuses, resource_verify
from study.services.retention import LABELS
from study.services.watching import watch_set
from study.staff import page_context, staff_page

RUNS = 20


class WatchForm(forms.Form):
    """The monitoring mode and its office hours."""

    mode = forms.ChoiceField(label=_("Monitoring"), choices=Study.Monitoring.choices)
    zone = forms.CharField(label=_("Time zone, such as Europe/Berlin"), max_length=40)
    days = forms.CharField(label=_("Days: 1 is Monday, 7 is Sunday"), max_length=7)
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def study_safety(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and set a study's monitoring, and verify its resources."""
    study = Study.objects.select_related("protocol_version").filter(slug=slug).first()
    if study is None:
        raise Http404
    form = WatchForm(request.POST) if "mode" in request.POST else WatchForm(initial=_initial(study))
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            _act(request, study, form)
            messages.success(request, _("Stored."))
        except ApplicationError as error:
            messages.error(request, str(error))
        return redirect("safety:study", study.slug)
    statuses = resource_statuses(study, today=database_now().date())
    context = page_context(request, section="safety") | {
        "study": study,
        "form": form,
        "statuses": statuses,
        "unverified": sum(not status.verified for status in statuses),
        "real": is_real(study),
        "valid_days": study.protocol_version.protocol.safety.resource_check_days,
        "runs": [(run, _counts(run.erased)) for run in study.retention_runs.order_by("-pk")[:RUNS]],
        "retention": study.protocol_version.protocol.safety.retention,
    }
    return render(request, "research/safety_study.html", context, status=400 if form.errors else 200)


def _act(request: HttpRequest, study: Study, form: WatchForm) -> None:
    assert isinstance(request.user, AbstractBaseUser), "staff_page lets nobody else in"
    if form.is_bound:
        watch_set(study.pk, **form.cleaned_data)
    else:
        resource_verify(study, sha256=request.POST.get("works", ""), by=request.user)


def _initial(study: Study) -> dict[str, Any]:
    return {
        "mode": study.monitoring,
        "zone": study.office_zone,
        "days": study.office_days,
        "begins": study.office_from,
        "ends": study.office_until,
    }


def _counts(erased: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(LABELS.get(name, name)), count) for name, count in erased.items()]
