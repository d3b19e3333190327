"""The strategy review: one message after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from qualitycontrol.access import page_context, reviewer_page, user_id
from qualitycontrol.forms import VoteForm
from qualitycontrol.models import AuditEvent, ReviewAssignment, ReviewItem
from qualitycontrol.review_page import assignment_context, progress
from qualitycontrol.review_queue import leases
from qualitycontrol.services.audit import audit_add
from qualitycontrol.services.review_claims import (
    NothingToReview,
    item_claim,
    item_flag,
    item_skip,
    skipped_return,
)
from qualitycontrol.services.review_items import ReviewConflict, ReviewForbidden
from qualitycontrol.services.review_votes import vote_give, vote_undo
from study.clock import database_now
from study.domain.errors import ApplicationError


@reviewer_page
@require_GET
def item(request: HttpRequest) -> HttpResponse:
    """Show the message in the reviewer's hands, or the next one.

    `?besides=` names the one on the screen, so that the page can fetch the next one ahead; `?item=` one in hand.
    """
    return _page(request, besides=_number(request, "besides"), wanted=_number(request, "item"))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _page(
    request: HttpRequest, *, besides: int | None = None, wanted: int | None = None, status: int = 200
) -> HttpResponse:
    now = database_now()
    context = page_context(request, section="review")
    try:
        assignment = _assignment(user_id(request), besides=besides, wanted=wanted)
    except NothingToReview:
        context["item"] = None
    else:
        context |= assignment_context(assignment)
        audit_add(
            assignment.item.conversation,
            user=request.user,  # type: ignore[arg-type]
            action=AuditEvent.Action.TRANSCRIPT_READ,
            detail="strategy review",
        )
    context["progress"] = progress(user_id(request), now=now)
    return render(request, "research/review.html", context, status=status)


def _assignment(reviewer: int, *, besides: int | None, wanted: int | None) -> ReviewAssignment:
    held = leases(reviewer, now=database_now()).filter(item=wanted).first() if wanted else None
    return held or item_claim(reviewer, besides=besides)


@reviewer_page
@require_POST
def vote(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a vote."""
    form = VoteForm(request.POST)

    def give() -> None:
        if not form.is_valid():
            raise VoteIncomplete
        data = form.cleaned_data
        vote_give(
            item_id,
            user_id=user_id(request),
            label=data["strategy"],
            client_uid=data["client_uid"],
            note=data["note"],
        )

    return _answer(request, give)


class VoteIncomplete(ApplicationError):
    """The form came without what a vote is made of."""

    code = "vote_incomplete"
    message = "Please choose one of the strategies."


@reviewer_page
@require_POST
def skip(request: HttpRequest, item_id: int) -> HttpResponse:
    """Pass a message on to others."""
    return _answer(request, lambda: item_skip(item_id, user_id=user_id(request)))


@reviewer_page
@require_POST
def flag(request: HttpRequest, item_id: int) -> HttpResponse:
    """Send a message to adjudication."""
    reason = request.POST.get("note", "")[:1000]
    return _answer(request, lambda: item_flag(item_id, user_id=user_id(request), reason=reason))


@reviewer_page
@require_POST
def undo(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a vote back and show the message again."""
    address = f"{reverse('research:review')}?item={item_id}"
    return _answer(request, lambda: vote_undo(item_id, user_id=user_id(request)), address=address)


@reviewer_page
@require_POST
def skipped(request: HttpRequest) -> HttpResponse:
    """Take up again what was skipped."""
    return _answer(request, lambda: skipped_return(user_id(request)))


def _answer(request: HttpRequest, act: Callable[[], Any], *, address: str = "") -> HttpResponse:
    """Do it and say so: to the page's script in JSON, to a plain form by the next page."""
    try:
        act()
    except ReviewItem.DoesNotExist:
        raise Http404 from None
    except ApplicationError as error:
        return _refusal(request, error)
    if _wants_json(request):
        return JsonResponse({"stored": True, "progress": progress(user_id(request), now=database_now())})
    return redirect(address or "research:review")


def _refusal(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    status = 409 if isinstance(error, ReviewConflict) else 403 if isinstance(error, ReviewForbidden) else 400
    if _wants_json(request):
        return JsonResponse({"stored": False, "code": error.code, "why": _(str(error))}, status=status)
    messages.error(request, _(str(error)))
    if isinstance(error, ReviewForbidden):
        return redirect("research:review")
    return _page(request, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
