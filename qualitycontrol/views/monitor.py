"""A study live: the page, what it polls, and what the team may do in a conversation."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from collection.api import (
    TEAM_REASONS,
    Conversation,
    ConversationState,
    EndReason,
    Seat,
    conversation_end_by_team,
    conversation_write,
    outcome,
)
from qualitycontrol.access import staff_page
from qualitycontrol.models import AuditEvent
from qualitycontrol.monitor import etag_of, monitor_now
from qualitycontrol.services.audit import audit_add
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.study_lifecycle import StudyState, steps_from
from study.models import Study
from study.models.participant import Role
from study.staff import study_page_context
from study.views.staff_setup import study_or_404

REASONS = {
    EndReason.TEAM_ENDED: gettext_lazy("The study team ends it"),
    EndReason.TECHNICAL: gettext_lazy("Something on our side broke"),
}


class WriteForm(forms.Form):
    """A message of the study team to both sides."""

    text = forms.CharField(
        label=gettext_lazy("Message to both"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    client_uid = forms.CharField(max_length=64, widget=forms.HiddenInput)


class EndForm(forms.Form):
    """Why the study team ends a conversation."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note for the team"),
        max_length=200,
        help_text=gettext_lazy("It stands in the audit log. Do not repeat what was said."),
    )

    def __init__(self, *args: Any, conversation: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.value, _reason_words(conversation, reason)) for reason in TEAM_REASONS]


def _reason_words(conversation: Conversation, reason: EndReason) -> str:
    """Return the reason and what both sides are paid for it, by the conversation's own protocol."""
    rewards = conversation.protocol_version.protocol.rewards
    pays = {role: rewards.amount(outcome(reason, role=role), role=role) for role in Role.values}
    values = {"reason": REASONS[reason], "currency": rewards.currency} | pays
    return (
        _("%(reason)s: the seeker is paid %(seeker)s %(currency)s, the supporter %(supporter)s %(currency)s.")
        % values
    )


@staff_page
@require_safe
def monitor(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the study as it is now; the page's module keeps it so."""
    study = study_or_404(slug)
    steps = [step.value for step in steps_from(StudyState(study.state))]
    context = study_page_context(request, study, tab="live") | {
        "live": {
            "answer": monitor_now(study, now=database_now()),
            "url": reverse("research:monitor_json", args=[slug]),
            "actUrl": reverse("research:monitor_act", args=[slug, "ID"]),
            "currency": study.protocol_version.protocol.rewards.currency,
        },
        "texts": _texts(),
        "steps": steps,
    }
    return render(request, "research/monitor.html", context)


def _texts() -> dict[str, str]:
    """Return the words that the module writes."""
    return {
        "seeker": _("Seeker"),
        "supporter": _("Supporter"),
        "ready_check": _("Ready check"),
        "chatting": _("Chatting"),
        "surveying": _("Questions"),
        "practice": _("practice"),
        "agent": _("test of a model"),
        "waiting": _("{count} waiting, longest {time}"),
        "nobody": _("Nobody waits"),
        "away": _("{count} of them away"),
        "idle": _("{who} silent for {time}"),
        "gone": _("{who} away"),
        "done": _("{who} done"),
        "both_active": _("Both active"),
        "none": _("No conversation is running."),
        "connected": _("{present} of {expected} connected"),
        "program": _("{name}: {seats} seats, {late} late"),
        "no_program": _("No program sits in a conversation."),
        "open": _("Open"),
        "changed": _("The study's state has changed; the page is loaded anew."),
        "offline": _("The server does not answer; the page shows what it knew {time} ago."),
        "phrases": _("phrases"),
        "report": _("report"),
        "message": _("message"),
        "check_in": _("check-in"),
    }


@staff_page
@require_safe
def monitor_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer what the page shows now, or that nothing happened since the answer that it has."""
    answer = monitor_now(study_or_404(slug), now=database_now())
    etag = etag_of(answer)
    response: HttpResponse = (
        HttpResponseNotModified() if request.headers.get("If-None-Match") == etag else JsonResponse(answer)
    )
    response["ETag"] = etag
    # Kept by the page itself, and asked for each time.
    response["Cache-Control"] = "no-store"
    return response


@staff_page
@require_safe
def act(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Show what the team may do in a conversation; its transcript is behind a click that is written down."""
    study, conversation = _found(slug, public_id)
    return _act_page(request, study, conversation)


def _found(slug: str, public_id: str) -> tuple[Study, Conversation]:
    study = study_or_404(slug)
    conversations = Conversation.objects.select_related("protocol_version", "study").filter(study=study)
    return study, get_object_or_404(conversations, public_id=public_id)


def _act_page(
    request: HttpRequest,
    study: Study,
    conversation: Conversation,
    *,
    write: WriteForm | None = None,
    end_form: EndForm | None = None,
) -> HttpResponse:
    context = study_page_context(request, study, tab="live") | {
        "conversation": conversation,
        "seats": Seat.objects.filter(conversation=conversation).order_by("role"),
        "chatting": conversation.state == ConversationState.CHATTING,
        "write": write or WriteForm(initial={"client_uid": uuid.uuid4().hex}),
        "end_form": end_form or EndForm(conversation=conversation),
        "acts": AuditEvent.objects.filter(conversation=conversation)
        .exclude(action=AuditEvent.Action.TRANSCRIPT_READ)
        .select_related("user"),
    }
    status = 400 if write is not None or end_form is not None else 200
    return render(request, "research/monitor_act.html", context, status=status)


@staff_page
@require_POST
def message(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Write to both sides as the study team."""
    study, conversation = _found(slug, public_id)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _act_page(request, study, conversation, write=form)
    try:
        written = conversation_write(
            conversation.pk,
            text=form.cleaned_data["text"],
            by=request.user,  # type: ignore[arg-type]
            client_uid=form.cleaned_data["client_uid"],
        )
    except ApplicationError as error:
        form.add_error(None, str(error))
        return _act_page(request, study, conversation, write=form)
    if written:
        audit_add(
            conversation,
            user=request.user,  # type: ignore[arg-type]
            action=AuditEvent.Action.TEAM_WROTE,
            detail=f"to {len(written)} people",
        )
    messages.success(request, _("It stands on their page, and the chat tells them so."))
    return redirect("research:monitor_act", slug, public_id)


@staff_page
@require_POST
def end(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """End a conversation."""
    study, conversation = _found(slug, public_id)
    form = EndForm(request.POST, conversation=conversation)
    if not form.is_valid():
        return _act_page(request, study, conversation, end_form=form)
    reason = EndReason(form.cleaned_data["reason"])
    try:
        conversation_end_by_team(conversation.pk, reason=reason)
    except ApplicationError as error:
        messages.error(request, str(error))
    else:
        audit_add(
            conversation,
            user=request.user,  # type: ignore[arg-type]
            action=AuditEvent.Action.TEAM_ENDED,
            detail=f"{reason}: {form.cleaned_data['note']}"[:200],
        )
        messages.success(request, _("The conversation is over; both are asked their last questions."))
    return redirect("research:monitor", slug)
