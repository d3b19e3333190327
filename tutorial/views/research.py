"""The training as the research group sees it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from study.staff import page_context, staff_page
from tutorial.reports import training_report, training_versions


@staff_page
@require_safe
def statistics(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """Show items and pages under one protocol version, the newest unless one is named."""
    versions = training_versions()
    chosen = next((one for one in versions if version in (None, one.pk)), None)
    if chosen is None and version is not None:
        raise Http404
    context = page_context(request, section="training") | {
        "versions": versions,
        "chosen": chosen,
        "report": training_report(chosen) if chosen is not None else None,
    }
    return render(request, "tutorial/statistics.html", context)
