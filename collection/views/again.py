"""After a conversation that was taken from somebody: finish here, or look for another partner."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collection.journey import Step, step_now
from collection.services.leaving import leaving_now, participation_leave
from collection.services.lobby import ticket_open
from collection.services.offers import offer_ends_at
from study.access import page_context, participation_page
from study.clock import database_now
from study.models import Participation
from study.models.participant import Outcome, Role
from study.texts import money, pay_rows


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Ask, and do what was chosen; a second click finds it done."""
    ends_at = offer_ends_at(participation)
    if step_now(participation) is not Step.AGAIN or ends_at is None:
        return redirect("journey", participation.public_id)
    if request.method == "POST" and "again" in request.POST:
        ticket_open(participation)
        return redirect("journey", participation.public_id)
    if request.method == "POST" and "finish" in request.POST:
        participation_leave(participation)
        return redirect("journey", participation.public_id)
    context = page_context(participation, step="post_chat") | _offer(participation, ends_at=ends_at)
    return render(request, "collection/again.html", context)


def _offer(participation: Participation, *, ends_at: datetime) -> dict[str, object]:
    now = database_now()
    leaving = leaving_now(participation, now=now)
    rewards = participation.protocol_version.protocol.rewards
    ours = leaving.outcome == Outcome.TECHNICAL_FAILURE
    return {
        "title": _("Something on our side went wrong") if ours else _("Your partner is gone"),
        "minutes_left": max(1, round((ends_at - now).total_seconds() / 60)),
        "pay_lines": pay_rows(leaving.lines, currency=rewards.currency),
        "pay_total": money(leaving.total, rewards.currency),
        "another_pays": money(rewards.amount(Outcome.COMPLETED, role=participation.role), rewards.currency),
        "carries_over": participation.role == Role.SEEKER,
    }
