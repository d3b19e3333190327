"""The list of conversations, and one of them in full."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from collection.api import Conversation, conversation_get
from qualitycontrol import transcript
from qualitycontrol.access import page_context, staff_page
from qualitycontrol.conversation_filter import ConversationFilter
from qualitycontrol.conversation_list import (
    COUNT_LIMIT,
    conversation_count,
    conversation_neighbours,
    conversation_page,
)
from qualitycontrol.models import Assessment, AuditEvent, ConversationFlag
from qualitycontrol.selectors import assessment_current
from qualitycontrol.services.audit import audit_add


@staff_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first section."""
    return redirect("research:conversations")


def _filter(request: HttpRequest) -> ConversationFilter:
    return ConversationFilter(request.GET, queryset=Conversation.objects.all())


@staff_page
@require_safe
def conversation_list(request: HttpRequest) -> HttpResponse:
    """Show one page of conversations."""
    found = _filter(request)
    page = conversation_page(
        found.qs,
        names=found.names,
        older_than=_id(request.GET.get("older")),
        newer_than=_id(request.GET.get("newer")),
    )
    context = page_context(request, section="conversations") | {
        "form": found.form,
        "page": page,
        "count": conversation_count(found.qs),
        "count_limit": COUNT_LIMIT,
        "filter_query": _filter_query(request),
    }
    return render(request, "research/conversations.html", context)


def _id(text: str | None) -> int | None:
    # More than eighteen digits are no id, and the database could not compare them.
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def _filter_query(request: HttpRequest) -> str:
    """Return the query of the filters alone, which leads from a row back to the same list."""
    query = request.GET.copy()
    for name in [name for name, value in query.items() if not value or name in {"older", "newer"}]:
        del query[name]
    return f"?{query.urlencode()}" if query else ""


@staff_page
@require_safe
def conversation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one conversation; that it was read is written down first.

    The query is that of the list it was opened from: the neighbours are the list's.
    """
    conversation = conversation_get(public_id)
    if conversation is None:
        raise Http404
    audit_add(conversation, user=request.user, action=AuditEvent.Action.TRANSCRIPT_READ)  # type: ignore[arg-type]
    assessment = assessment_current(conversation)
    context = page_context(request, section="conversations") | {
        "conversation": conversation,
        "lines": transcript.transcript(conversation),
        "people": transcript.people(conversation),
        "surveys": transcript.surveys(conversation),
        "assessment": assessment,
        "reasons": transcript.reason_sentences(assessment) if assessment else [],
        "criteria": transcript.criteria_rows(assessment) if assessment else [],
        "assessments": Assessment.objects.filter(conversation=conversation)
        .select_related("protocol_version")
        .order_by("number"),
        "flags": ConversationFlag.objects.filter(conversation=conversation),
        "revisions": transcript.revisions(conversation),
        "journal": transcript.journal(conversation),
        "neighbours": conversation_neighbours(_filter(request).qs, conversation),
        "filter_query": _filter_query(request),
        "permanent_url": request.build_absolute_uri(reverse("research:conversation", args=[public_id])),
    }
    return render(request, "research/conversation.html", context)
