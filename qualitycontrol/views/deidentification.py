"""The human pass: what waits, one conversation to read, and how much was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collection.api import conversation_get
from qualitycontrol.access import page_context, staff_page, user_id
from qualitycontrol.deidentification import Purpose, Waiting, recalled, waiting
from qualitycontrol.deidentification_page import page
from qualitycontrol.domain.recall import recall_table
from qualitycontrol.forms import KindForm, MarkForm
from qualitycontrol.models import AuditEvent, DeidentificationPass
from qualitycontrol.release_snapshot import REFUSED
from qualitycontrol.review_queue import conversation_withdrawn
from qualitycontrol.services import deidentification as service
from qualitycontrol.services.audit import audit_add
from study.domain.errors import ApplicationError

SHOWN = 200


@staff_page
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show which conversations a person has read, and which wait."""
    negative = request.GET.get("of") == "refused"
    rows = list(waiting(REFUSED) if negative else waiting())
    pending = [row for row in rows if not row.done]
    second = [row for row in rows if row.done and row.second and not row.recalled]
    context = page_context(request, section="deidentification") | {
        "negative": negative,
        "count": len(rows),
        "pending": pending[:SHOWN],
        "pending_count": len(pending),
        "second": second[:SHOWN],
        "second_count": len(second),
        "done": [row for row in rows if row.done][:SHOWN],
        "done_count": len(rows) - len(pending),
    }
    return render(request, "research/deidentification_queue.html", context)


@staff_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Put a conversation into the reader's hands."""
    conversation = conversation_get(request.POST.get("conversation", ""))
    purpose = request.POST.get("purpose", "")
    if conversation is None or purpose not in Purpose.values:
        raise Http404
    try:
        reading = service.pass_begin(conversation.pk, user=request.user, purpose=purpose)  # type: ignore[arg-type]
    except ApplicationError as error:
        messages.error(request, _(str(error)))
        return redirect("research:deidentification")
    return redirect("research:deidentification_reading", reading.pk)


@staff_page
@require_safe
def reading(request: HttpRequest, pass_id: int) -> HttpResponse:
    """Show every text of a conversation to the one whose hands it is in."""
    found = _reading(pass_id)
    if found.by_id != user_id(request) or conversation_withdrawn(found.conversation_id).exists():
        messages.info(request, _("This conversation is not in your hands."))
        return redirect("research:deidentification")
    audit_add(
        found.conversation,
        user=request.user,  # type: ignore[arg-type]
        action=AuditEvent.Action.TRANSCRIPT_READ,
        detail="de-identification",
    )
    context = page_context(request, section="deidentification") | page(found) | {"reading": found}
    return render(request, "research/deidentification.html", context)


def _reading(pass_id: int) -> DeidentificationPass:
    found = (
        DeidentificationPass.objects.select_related("conversation__protocol_version")
        .prefetch_related("marks")
        .filter(pk=pass_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


@staff_page
@require_POST
def mark(request: HttpRequest, pass_id: int) -> HttpResponse:
    """Mark selected words (place, start, end), or typed ones (words)."""
    _reading(pass_id)
    user: Any = request.user
    selected, typed = MarkForm(request.POST), KindForm(request.POST)
    act: Callable[[], Any]
    if selected.is_valid():
        act = partial(service.mark_set, pass_id, user=user, **selected.cleaned_data)
    elif typed.is_valid():
        act = partial(service.words_mark, pass_id, user=user, **typed.cleaned_data)
    else:
        messages.error(request, _("Please choose some words of a text, and what they are."))
        return redirect("research:deidentification_reading", pass_id)
    return _answer(request, pass_id, act)


@staff_page
@require_POST
def unmark(request: HttpRequest, pass_id: int) -> HttpResponse:
    """Take a mark back."""
    _reading(pass_id)
    given = request.POST.get("mark", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    user: Any = request.user
    return _answer(request, pass_id, partial(service.mark_remove, pass_id, user=user, mark_id=int(given)))


def _answer(request: HttpRequest, pass_id: int, act: Callable[[], Any]) -> HttpResponse:
    try:
        act()
    except ApplicationError as error:
        messages.error(request, _(str(error)))
    return redirect("research:deidentification_reading", pass_id)


@staff_page
@require_POST
def done(request: HttpRequest, pass_id: int) -> HttpResponse:
    """Complete a reading, and go on with the next conversation."""
    found = _reading(pass_id)
    user: Any = request.user
    try:
        service.pass_complete(pass_id, user=user, seen_sha256=request.POST.get("seen_sha256", ""))
    except service.ReadingClosed as error:
        messages.error(request, _(str(error)))
        return redirect("research:deidentification")
    except ApplicationError as error:
        messages.error(request, _(str(error)))
        return redirect("research:deidentification_reading", pass_id)
    messages.success(request, _("The reading is stored."))
    following = _next(user, purpose=found.purpose) if "next" in request.POST else None
    if following is None:
        return redirect("research:deidentification")
    return redirect("research:deidentification_reading", following.pk)


def _next(user: Any, *, purpose: str) -> DeidentificationPass | None:
    """Return the next conversation, in this reader's hands; None where nothing is left for this person."""
    for row in waiting():
        if not _wanted(row, purpose):
            continue
        try:
            return service.pass_begin(row.facts.conversation_id, user=user, purpose=purpose)
        except service.ReadingRefused:
            continue
    return None


def _wanted(row: Waiting, purpose: str) -> bool:
    if purpose == Purpose.RECALL:
        return row.done and row.second and not row.recalled
    return not row.done


@staff_page
@require_safe
def recall(request: HttpRequest) -> HttpResponse:
    """Show how much the rules find, and how much the rules with a person."""
    found = recalled()
    context = page_context(request, section="deidentification") | {
        "conversations": len(found),
        "table": recall_table([mention for one in found for mention in one.mentions]),
        "missed": [(one.public_id, len(one.missed)) for one in found if one.missed],
    }
    return render(request, "research/deidentification_recall.html", context)
