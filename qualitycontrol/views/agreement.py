"""How far people agree with each other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qualitycontrol.access import page_context, staff_page
from qualitycontrol.domain.agreement import LEVEL, SAMPLES, agreement
from qualitycontrol.selectors import judgements_by_conversation
from qualitycontrol.vote_report import vote_report


@staff_page
@require_safe
def judgements(request: HttpRequest) -> HttpResponse:
    """Show the agreement of those who judged whole conversations, and of those who reviewed strategies."""
    ratings = list(judgements_by_conversation().values())
    context = page_context(request, section="agreement") | {
        "figures": agreement(ratings) if ratings else {},
        "votes": vote_report(),
        "samples": SAMPLES,
        "level": round(LEVEL * 100),
    }
    return render(request, "research/agreement.html", context)
