"""A study's dashboard: where people and conversations drop out, what it costs, and how today goes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from qualitycontrol.access import staff_page
from qualitycontrol.dashboard import figures, funnels
from study.clock import database_now
from study.models import Study
from study.staff import study_page_context

STEP_QUERIES = {
    "begun": "state=begun",
    "long_enough": "state=begun&verdict=long_enough",
    "kept": "state=begun&verdict=kept",
}
"""The list's filters that leave what a step of the funnel counts."""


PEOPLE_QUERIES = {"applicants": "role=supporter", "passed": "role=supporter&exam=passed"}


@staff_page
@require_safe
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one study's funnels and figures."""
    study = get_object_or_404(Study.objects.select_related("protocol_version"), slug=slug)
    conversations = f"{reverse('research:conversations')}?study={study.slug}&origin=live"
    people = reverse("research:participants", args=[study.slug])
    broken, over = figures.broken(study)
    context = study_page_context(request, study, tab="dashboard") | {
        "currency": study.protocol_version.protocol.rewards.currency,
        "people": [(step, f"{people}?{PEOPLE_QUERIES[step.key]}") for step in funnels.people_funnel(study)],
        "conversations": [
            (step, f"{conversations}&{STEP_QUERIES[step.key]}") for step in funnels.conversation_funnel(study)
        ],
        "reasons": [
            (reason, f"{conversations}&state=begun&outcome={reason.name}")
            for reason in funnels.end_reasons(study)
        ],
        "today": figures.today(study, now=database_now()),
        "money": figures.money(study),
        "waits": figures.waits(study),
        "broken": broken,
        "over": over,
        "broken_share": broken / over if over else None,
        "mix": figures.strategy_mix(study),
    }
    return render(request, "research/dashboard.html", context)
