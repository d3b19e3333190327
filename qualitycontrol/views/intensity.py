"""The review of the emotion intensity: a queue, and one conversation to decide about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qualitycontrol import transcript
from qualitycontrol.access import page_context, staff_page
from qualitycontrol.domain.intensity import Action, reversed_intensity
from qualitycontrol.forms import IntensityForm
from qualitycontrol.models import Assessment, AuditEvent
from qualitycontrol.selectors import intensity_queue
from qualitycontrol.services.audit import audit_add
from qualitycontrol.services.intensity import IntensityRefused, intensity_decide

LAST_MESSAGES = 8


@staff_page
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for this reviewer."""
    waiting = list(intensity_queue(_user_id(request))[:200])
    context = page_context(request, section="intensity") | {"waiting": waiting}
    return render(request, "research/intensity_queue.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Show one conversation with what the decision needs, and take the decision."""
    assessment = (
        Assessment.objects.select_related("conversation__protocol_version", "protocol_version")
        .filter(pk=assessment_id)
        .first()
    )
    if assessment is None:
        raise Http404
    scale = assessment.protocol_version.protocol.scales.intensity
    form = IntensityForm(request.POST or None, values=scale.choices)
    if request.method == "POST" and form.is_valid():
        return _decide(request, assessment, form.cleaned_data)
    if not intensity_queue(_user_id(request)).filter(pk=assessment.pk).exists():
        messages.info(request, _("There is nothing for you to decide about this conversation."))
        return redirect("research:intensity")
    audit_add(
        assessment.conversation,
        user=request.user,  # type: ignore[arg-type]
        action=AuditEvent.Action.TRANSCRIPT_READ,
        detail="intensity review",
    )
    context = page_context(request, section="intensity") | _material(assessment) | {"form": form}
    return render(request, "research/intensity_review.html", context)


def _decide(request: HttpRequest, assessment: Assessment, data: dict[str, Any]) -> HttpResponse:
    action = Action(data["action"])
    try:
        intensity_decide(
            assessment.pk,
            user=request.user,  # type: ignore[arg-type]
            action=action,
            # A value left over from another choice is not sent on.
            value=data["value"] if action is Action.SET else None,
            reason=data["reason"],
        )
    except IntensityRefused as error:
        messages.error(request, str(error))
        return redirect("research:intensity")
    messages.success(request, _("Your decision is stored."))
    following = intensity_queue(_user_id(request)).first()
    return (
        redirect("research:intensity_review", following.pk) if following else redirect("research:intensity")
    )


def _material(assessment: Assessment) -> dict[str, Any]:
    conversation = assessment.conversation
    scale = assessment.protocol_version.protocol.scales.intensity
    before = conversation.pre_chat_survey.intensity_before
    after = conversation.seeker_survey.intensity_after or 0
    lines = transcript.transcript(conversation)
    turned = reversed_intensity(after, points=len(scale.points))
    return {
        "conversation": conversation,
        "assessment": assessment,
        "scale": [
            {
                "value": value,
                "words": words,
                "before": value == before,
                "after": value == after,
                "turned": value == turned,
            }
            for value, words in scale.choices
        ],
        "reversed": turned,
        "improvement_if_reversed": before - turned,
        "improvement": before - after,
        "feedback": list({line.request: line.score for line in lines if line.request and line.score}.items()),
        "surveys": transcript.surveys(conversation),
        "lines": lines[-LAST_MESSAGES:],
    }


def _user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None, "staff_page lets nobody in who is not signed in"
    return int(request.user.pk)
