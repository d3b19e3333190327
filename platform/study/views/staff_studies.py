"""The researchers' list of studies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from study.models import Study
from study.staff import page_context, staff_page


@staff_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show all studies, newest first."""
    studies = (
        Study.objects.select_related("protocol_version")
        .defer("protocol_version__document")
        .order_by("-created_at", "-pk")
    )
    context = page_context(request, section="studies") | {"studies": studies}
    return render(request, "research/studies.html", context)
