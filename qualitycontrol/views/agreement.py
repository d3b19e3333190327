"""How far people agree with each other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qualitycontrol.access import page_context, staff_page
from qualitycontrol.domain.agreement import LEVEL, SAMPLES, agreement
from qualitycontrol.selectors import judgements_by_conversation


@staff_page
@require_safe
def judgements(request: HttpRequest) -> HttpResponse:
    """Show the agreement of the annotators who judged whole conversations."""
    ratings = list(judgements_by_conversation().values())
    context = page_context(request, section="agreement") | {
        "figures": agreement(ratings) if ratings else {},
        "samples": SAMPLES,
        "level": round(LEVEL * 100),
    }
    return render(request, "research/agreement.html", context)
