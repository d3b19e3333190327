"""Judging whole conversations: each judge alone, without the others' word and without the rule's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qualitycontrol.access import page_context, staff_page, user_id
from qualitycontrol.forms import SampleForm
from qualitycontrol.judging import bare_page, item_before, item_next, items_for, progress
from qualitycontrol.models import AuditEvent, Judgement, JudgingItem, JudgingSample
from qualitycontrol.services.audit import audit_add
from qualitycontrol.services.judging import JudgingRefused, judgement_give, sample_draw


@staff_page
@require_safe
def samples(request: HttpRequest) -> HttpResponse:
    """Show what is drawn, and how far this judge is."""
    return _samples(request, SampleForm())


def _samples(request: HttpRequest, form: SampleForm) -> HttpResponse:
    drawn = JudgingSample.objects.select_related("study", "drawn_by").order_by("-pk")
    context = page_context(request, section="judging") | {
        "form": form,
        "samples": [(s, progress(s, user_id(request), request.user.get_username())) for s in drawn],
    }
    return render(request, "research/judging_samples.html", context)


@staff_page
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample."""
    form = SampleForm(request.POST)
    if not form.is_valid():
        return _samples(request, form)
    user: Any = request.user
    try:
        sample = sample_draw(
            form.cleaned_data["study"],
            seed=form.cleaned_data["seed"],
            size=form.cleaned_data["size"],
            user=user,
        )
    except JudgingRefused as error:
        messages.error(request, _(str(error)))
        return redirect("research:judging")
    return redirect("research:judging_sample", sample.pk)


@staff_page
@require_safe
def judge(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Show the next conversation, or with `item` one of those that this judge judged before."""
    sample = _sample(sample_id)
    pk, name = user_id(request), request.user.get_username()
    item = _given(request, sample) or item_next(sample, pk, name)
    context = page_context(request, section="judging") | {
        "sample": sample,
        "progress": progress(sample, pk, name),
        "item": item,
        "before": item_before(item, sample, pk, name),
    }
    if item is not None:
        audit_add(
            item.conversation,
            user=request.user,  # type: ignore[arg-type]
            action=AuditEvent.Action.TRANSCRIPT_READ,
            detail="judging",
        )
        own = Judgement.objects.filter(conversation=item.conversation_id, annotator=name).first()
        context |= bare_page(item.conversation) | {"own": own}
    return render(request, "research/judging.html", context)


def _sample(sample_id: int) -> JudgingSample:
    sample = JudgingSample.objects.select_related("study").filter(pk=sample_id).first()
    if sample is None:
        raise Http404
    return sample


def _given(request: HttpRequest, sample: JudgingSample) -> JudgingItem | None:
    given = request.GET.get("item", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return None
    return items_for(sample, user_id(request)).filter(place=int(given)).first()


@staff_page
@require_POST
def judgement(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Take a judgement and go on."""
    sample = _sample(sample_id)
    given, said = request.POST.get("item", ""), request.POST.get("judgement", "")
    if said not in {"good", "bad"} or not (given.isascii() and given.isdigit() and len(given) < 19):
        messages.error(request, _("Please say good or bad."))
        return redirect("research:judging_sample", sample_id)
    item = JudgingItem.objects.filter(pk=int(given), sample=sample).first()
    if item is None:
        raise Http404
    user: Any = request.user
    try:
        judgement_give(item.pk, user=user, good=said == "good")
    except JudgingRefused as error:
        messages.error(request, _(str(error)))
    return redirect("research:judging_sample", sample_id)
