"""The list of conversations, and one of them in full."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from collection.api import conversation_get
from qualitycontrol import transcript
from qualitycontrol.access import page_context, staff_page
from qualitycontrol.conversation_list import conversation_page, labels_in_use
from qualitycontrol.forms import ConversationFilter
from qualitycontrol.models import Assessment, AuditEvent, ConversationFlag
from qualitycontrol.selectors import assessment_current
from qualitycontrol.services.audit import audit_add


@staff_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first section."""
    return redirect("research:conversations")


@staff_page
@require_safe
def conversation_list(request: HttpRequest) -> HttpResponse:
    """Show one page of conversations."""
    form = ConversationFilter(
        request.GET, problems=list(labels_in_use("problem")), emotions=list(labels_in_use("emotion"))
    )
    chosen = form.chosen()
    page = conversation_page(
        chosen, older_than=_id(request.GET.get("older")), newer_than=_id(request.GET.get("newer"))
    )
    context = page_context(request, section="conversations") | {"form": form, "page": page, "chosen": chosen}
    return render(request, "research/conversations.html", context)


def _id(text: str | None) -> int | None:
    # More than eighteen digits are no id, and the database could not compare them.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


@staff_page
@require_safe
def conversation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one conversation; that it was read is written down first."""
    conversation = conversation_get(public_id)
    if conversation is None:
        raise Http404
    audit_add(conversation, user=request.user, action=AuditEvent.Action.TRANSCRIPT_READ)  # type: ignore[arg-type]
    assessment = assessment_current(conversation)
    context = page_context(request, section="conversations") | {
        "conversation": conversation,
        "lines": transcript.transcript(conversation),
        "surveys": transcript.surveys(conversation),
        "assessment": assessment,
        "reasons": transcript.reason_sentences(assessment) if assessment else [],
        "criteria": transcript.criteria_rows(assessment) if assessment else [],
        "assessments": Assessment.objects.filter(conversation=conversation)
        .select_related("protocol_version")
        .order_by("number"),
        "flags": ConversationFlag.objects.filter(conversation=conversation),
        "journal": transcript.journal(conversation),
    }
    return render(request, "research/conversation.html", context)
