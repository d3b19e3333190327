"""Leave the study: say what it means, what is paid, and do it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collection.journey import Step, step_now
from collection.services.leaving import Leaving, leaving_now, participation_leave
from study.access import page_context, participation_page
from study.clock import database_now
from study.models import Participation
from study.models.participant import Outcome, Role
from study.texts import money, pay_rows

_STEP_NAMES = {
    Step.CONSENT: "consent",
    Step.ROLE: "role",
    Step.TRAINING: "tutorial",
    Step.PRE_CHAT: "pre_chat",
    Step.LOBBY: "lobby",
    Step.READY: "lobby",
    Step.COMPARISON: "compare",
    Step.POST_CHAT: "post_chat",
    Step.AGAIN: "post_chat",
    Step.CARE: "lobby",
}


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show what leaving now would mean; end the participation when it is confirmed."""
    step = step_now(participation)
    if step in {Step.END, Step.CHAT}:
        # The chat has a dialog of its own, because leaving there also ends it for the partner.
        return redirect("journey", participation.public_id)
    if request.method == "POST":
        participation_leave(participation)
        return redirect("journey", participation.public_id)
    leaving = leaving_now(participation, now=database_now())
    rewards = participation.protocol_version.protocol.rewards
    context = page_context(participation, step=_STEP_NAMES[step]) | {
        "leave_url": "",
        "outcome": Outcome(leaving.outcome).label,
        "explanation": _explanation(step, leaving, participation),
        "pay_lines": pay_rows(leaving.lines, currency=rewards.currency),
        "pay_total": money(leaving.total, rewards.currency),
        "stay_url": reverse("journey", args=[participation.public_id]),
        "withdraw_url": reverse("study:withdraw", args=[participation.public_id]),
    }
    return render(request, "collection/leave.html", context)


def _explanation(step: Step, leaving: Leaving, participation: Participation) -> str:
    if leaving.outcome == Outcome.NO_CONSENT:
        return _("You have not agreed to anything yet. Nothing is recorded but that the link was opened.")
    if participation.compares:
        return _(
            "You leave before the comparison is complete. Each conversation that you finished is paid; the comparison "
            "itself counts only with both of them."
        )
    if step is Step.POST_CHAT:
        return _(
            "The conversation is over. You may leave the questions out; your pay does not depend on them."
        )
    if step is Step.AGAIN:
        return _("Your conversation is over and paid. You leave without looking for another partner.")
    if step is Step.READY:
        return _(
            "A partner has been found. If you leave now, they keep their place and wait for somebody else."
        )
    if step is Step.LOBBY:
        return _("You leave the waiting room and the study. The time that you have waited is paid.")
    if participation.role == Role.SUPPORTER:
        return _(
            "You leave the study before a conversation. The pages of the training that you finished are paid."
        )
    return _("You leave the study before a conversation.")
