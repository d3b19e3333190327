"""How much the phrases find: a seeded sample of messages, judged by the study team, with its figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from collection import signals
from collection.models import Conversation, RiskSample, Utterance
from collection.services.risk_samples import sample_draw, sample_figures, sample_judge, sample_next
from collection.views.research_safety import safety_page
from study.domain.contact_details import masked
from study.domain.errors import ApplicationError
from study.models import Study
from study.staff import page_context

BEFORE = 2
"""Messages that are shown before the one to judge."""


class DrawForm(forms.Form):
    """Where to begin drawing."""

    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31 - 1)


@safety_page
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest) -> HttpResponse:
    """Show the figures and the next message; take a judgement, or draw."""
    studies = list(Study.objects.order_by("title"))
    wanted = request.GET.get("study", "")
    study = next((s for s in studies if s.slug == wanted), studies[0] if studies else None)
    if study is not None and request.method == "POST":
        _act(request, study)
        return redirect(f"{reverse('safety:sample')}?study={study.slug}")
    context: dict[str, Any] = page_context(request, section="safety") | {"studies": studies, "study": study}
    if study is not None:
        context |= _material(request, study)
    return render(request, "research/safety_sample.html", context)


def _act(request: HttpRequest, study: Study) -> None:
    assert isinstance(request.user, AbstractBaseUser), "the page lets nobody else in"
    if "draw" in request.POST:
        form = DrawForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The seed is a whole number, not below 0."))
            return
        drawn = sample_draw(study, seed=form.cleaned_data["seed"])
        messages.success(
            request, ngettext("%(n)d message was drawn.", "%(n)d messages were drawn.", drawn) % {"n": drawn}
        )
        return
    try:
        item = int(request.POST.get("item", "0") or 0)
        sample_judge(item, needs_care=request.POST.get("judge") == "care", by=request.user)
    except (ApplicationError, ValueError) as error:
        messages.error(request, str(error))


def _material(request: HttpRequest, study: Study) -> dict[str, Any]:
    item = sample_next(study)
    if item is not None:
        signals.transcript_read.send(
            sender=Conversation,
            conversation_id=item.utterance.conversation_id,
            user_id=request.user.pk,
            why="sample of the phrases",
        )
    drawn = RiskSample.objects.filter(study=study)
    return {
        "item": item,
        "lines": _lines(item.utterance) if item is not None else [],
        "figures": sample_figures(study),
        "drawn": drawn.count(),
        "judged": drawn.filter(needs_care__isnull=False).count(),
        "share": study.protocol_version.protocol.safety.sample_share,
    }


def _lines(utterance: Utterance) -> list[dict[str, Any]]:
    rows = Utterance.objects.select_related("seat").filter(
        conversation=utterance.conversation_id,
        ordinal__gte=utterance.ordinal - BEFORE,
        ordinal__lte=utterance.ordinal,
    )
    return [
        {"role": row.seat.role, "text": masked(row.text), "judge": row.pk == utterance.pk}
        for row in rows.order_by("ordinal")
    ]
