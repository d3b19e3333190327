"""Try a study out as its participants see it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collection.services.previews import AsWhom, preview_enter
from study.access import device_of
from study.models import StudyEvent
from study.staff import staff_page, study_page_context
from study.views.entry import welcome
from study.views.staff_setup import study_or_404


@staff_page
@require_safe
def previews(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer to enter as somebody, and show who did."""
    study = study_or_404(slug)
    tried = study.events.filter(kind=StudyEvent.Kind.PREVIEW).order_by("-pk")[:20]
    context = study_page_context(request, study, tab="setup") | {
        "tried": tried,
        "enter_url": reverse("live:preview", args=[study.slug]),
    }
    return render(request, "research/previews.html", context)


@staff_page
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter as somebody, in this browser."""
    study = study_or_404(slug)
    try:
        as_whom = AsWhom(request.POST.get("as", ""))
    except ValueError:
        raise Http404 from None
    device = device_of(request)
    participation = preview_enter(study, as_whom, by=request.user.get_username(), device=device)
    role = "" if as_whom is AsWhom.BOT else as_whom.value
    return welcome(request, participation, role=role, device=device)
