"""The page behind "Need help now?": it works without a script, without the socket, and after the end."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collection.journey import Step, open_seat, step_now
from collection.safety_forms import ReportForm, TeamMessageForm
from collection.services.conversations import conversation_end
from collection.services.passing import may_pass
from collection.services.reports import partner_report, report_of, seat_to_report_from
from collection.services.team_messages import team_message_write, team_messages_seen
from study.access import page_context, participation_page
from study.domain.errors import ApplicationError
from study.models import Participation
from study.services.help import country_set


@participation_page
@require_safe
def help_page(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show where help is, and everything that can be done about the conversation."""
    team_messages_seen(participation.pk)
    participation.team_answered = False
    return _page(request, participation)


def _page(
    request: HttpRequest,
    participation: Participation,
    *,
    report_form: ReportForm | None = None,
    message_form: TeamMessageForm | None = None,
) -> HttpResponse:
    step = step_now(participation)
    chatting = step is Step.CHAT
    seat = open_seat(participation) if chatting else None
    invalid = report_form is not None or message_form is not None
    context: dict[str, Any] = page_context(participation, step="") | {
        "on_help_page": True,
        "steps": [],
        "thread": participation.team_messages.all(),
        "message_form": message_form or TeamMessageForm(initial={"client_uid": uuid.uuid4().hex}),
        "can_report": seat_to_report_from(participation) is not None,
        "reported": report_of(participation) is not None,
        "report_form": report_form or ReportForm(),
        "chatting": chatting,
        "safety_url": reverse("collection:safety_exit", args=[participation.public_id]) if chatting else "",
        "pass_url": _pass_url(participation, seat) if seat is not None else "",
        "back_url": reverse("journey", args=[participation.public_id]),
    }
    return render(request, "collection/help.html", context, status=400 if invalid else 200)


def _pass_url(participation: Participation, seat: Any) -> str:
    return reverse("collection:pass_on", args=[participation.public_id]) if may_pass(seat) else ""


@participation_page
@require_POST
def country(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show the help of another country first, on every page; then go back to where one was."""
    country_set(participation, request.POST.get("country", ""))
    back = request.POST.get("back", "")
    own = reverse("journey", args=[participation.public_id])
    # Nowhere but to this participation's own pages.
    return redirect(back if back.startswith(own) else reverse("help", args=[participation.public_id]))


@participation_page
@require_POST
def message(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Take a message to the study team."""
    form = TeamMessageForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            team_message_write(participation.pk, text=data["text"], client_uid=data["client_uid"])
        except ApplicationError as error:
            form.add_error("text", str(error))
    if form.errors:
        return _page(request, participation, message_form=form)
    messages.success(request, _("Your message has reached the study team. The answer will stand here."))
    return redirect(reverse("help", args=[participation.public_id]) + "#team")


@participation_page
@require_POST
def report(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Take a report of the partner; end the conversation too when that is asked for."""
    form = ReportForm(request.POST)
    leave = "leave" in request.POST
    if form.is_valid():
        data = form.cleaned_data
        try:
            partner_report(participation, reason=data["reason"], text=data["text"], leave=leave)
        except ApplicationError as error:
            form.add_error(None, str(error))
    if form.errors:
        return _page(request, participation, report_form=form)
    messages.success(
        request, _("Thank you. A person of the study team looks at this. Your partner is not told.")
    )
    if leave:
        return redirect("journey", participation.public_id)
    return redirect(reverse("help", args=[participation.public_id]) + "#report")


@participation_page
@require_POST
def pass_on(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Hand the conversation on: it ends for the supporter without any loss."""
    seat = open_seat(participation)
    if seat is not None and step_now(participation) is Step.CHAT:
        try:
            conversation_end(seat_id=seat.pk, manner="pass")
        except ApplicationError as error:
            messages.error(request, str(error))
            return redirect("help", participation.public_id)
    return redirect("journey", participation.public_id)
