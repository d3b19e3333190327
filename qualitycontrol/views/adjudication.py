"""Where one person decides about a strategy."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qualitycontrol.access import adjudicator_page, page_context, user_id
from qualitycontrol.domain.strategy_review import Action
from qualitycontrol.forms import DecisionForm
from qualitycontrol.models import AuditEvent, ReviewItem, ReviewStep
from qualitycontrol.review_page import context_lines, vote_bars
from qualitycontrol.review_queue import items_for_adjudication, similar_items, took_part
from qualitycontrol.services.adjudication import DecisionIncomplete, adjudicate
from qualitycontrol.services.audit import audit_add
from study.domain.errors import ApplicationError

SHOWN = 200
SIMILAR = 8
"""Items shown beside a decision."""


@adjudicator_page
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision."""
    waiting = [
        {"item": item, "strategy": _name(item, item.label), "votes": vote_bars(item)}
        for item in items_for_adjudication()[:SHOWN]
    ]
    context = page_context(request, section="adjudication") | {"waiting": waiting}
    return render(request, "research/adjudication_queue.html", context)


def _name(item: ReviewItem, label: str) -> str:
    return item.conversation.protocol_version.protocol.strategy(label).name


@adjudicator_page
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show a message with its votes, and take the decision."""
    item = (
        ReviewItem.objects.select_related("conversation__protocol_version", "utterance")
        .defer("conversation__protocol_version__document")
        .filter(pk=item_id)
        .first()
    )
    if item is None or took_part(user_id(request), item.conversation_id):
        raise Http404
    strategies = item.conversation.protocol_version.protocol.strategies
    form = DecisionForm(
        request.POST or None, strategies=[(s.key, s.name) for s in strategies if s.key != item.label]
    )
    if request.method == "POST" and form.is_valid() and (answer := _decided(request, item, form)):
        return answer
    if not items_for_adjudication().filter(pk=item.pk).exists():
        messages.info(request, _("There is nothing to decide about this message."))
        return redirect("research:adjudication")
    audit_add(
        item.conversation,
        user=request.user,  # type: ignore[arg-type]
        action=AuditEvent.Action.TRANSCRIPT_READ,
        detail="adjudication",
    )
    context = page_context(request, section="adjudication") | _material(item) | {"form": form}
    context["similar"] = _similar(item, user_id(request))
    return render(request, "research/adjudication.html", context)


def _decided(request: HttpRequest, item: ReviewItem, form: DecisionForm) -> HttpResponse | None:
    """Return the way on, or None when the form has to be filled in again."""
    data = form.cleaned_data
    action = Action(data["action"])
    try:
        adjudicate(
            item.pk,
            user=request.user,  # type: ignore[arg-type]
            action=action,
            reason=data["reason"],
            # A strategy left over from another choice is not sent on.
            new=data["new"] if action is Action.CHANGE else "",
        )
    except DecisionIncomplete as error:
        form.add_error("new", str(error))
        return None
    except ApplicationError as error:
        messages.error(request, _(str(error)))
        return redirect("research:adjudication")
    messages.success(request, _("Your decision is stored."))
    following = items_for_adjudication().first()
    if following is None:
        return redirect("research:adjudication")
    return redirect("research:adjudication_item", following.pk)


def _similar(item: ReviewItem, reader: int) -> list[dict[str, Any]]:
    """Return how the same confusion was decided elsewhere."""
    return [
        {
            "item": other,
            "votes": vote_bars(other),
            "decision": (decision := getattr(other, "decision", None)),
            "stands": _name(other, decision.label if decision else other.label),
        }
        for other in similar_items(item, besides=reader, limit=SIMILAR)
    ]


def _material(item: ReviewItem) -> dict[str, Any]:
    utterance = item.utterance
    return {
        "item": item,
        "strategy": _name(item, item.label),
        "votes": vote_bars(item),
        "seconds": round(utterance.compose_ms / 1000, 1) if utterance.compose_ms else None,
        "steps": ReviewStep.objects.filter(item=item),
        **context_lines(item, hidden=False),
    }
