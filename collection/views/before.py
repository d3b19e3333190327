"""Before the conversation: the survey, the lobby, the ready check."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from collection.forms import PreChatForm
from collection.journey import Step, open_seat, step_now
from collection.models import Seat
from collection.services.lobby import (
    lobby_leave,
    lobby_stay,
    seat_ready,
    ticket_missed,
    ticket_open,
    ticket_pair,
    ticket_seen,
)
from collection.services.passing import ready_check_pass
from collection.services.programs import practice_start
from collection.services.surveys import PreChatAnswers, pre_chat_submit
from collection.texts import chat_texts
from collection.views.lobby_view import lobby_view
from study.access import page_context, participation_page
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.limits import JOIN, by_path, limited
from study.models import Participation
from study.models.participant import Role


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def pre_chat(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Ask the seeker about the problem, before the conversation."""
    if step_now(participation) is not Step.PRE_CHAT:
        return redirect("journey", participation.public_id)
    protocol = participation.protocol_version.protocol
    form = PreChatForm(request.POST if request.method == "POST" else None, protocol=protocol)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answers = PreChatAnswers(
            problem=data["problem"],
            emotion=data["emotion"],
            experience=data["experience"],
            intensity_before=data["intensity"],
            situation=data["situation"],
        )
        try:
            pre_chat_submit(participation, answers)
            return redirect("journey", participation.public_id)
        except ApplicationError as error:
            form.add_error("situation", str(error))
    context = page_context(participation, step="pre_chat") | {"form": form}
    return render(request, "collection/pre_chat.html", context, status=400 if form.errors else 200)


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
@limited(JOIN, by=by_path)
def lobby(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Wait for a partner."""
    if step_now(participation) is not Step.LOBBY:
        return redirect("journey", participation.public_id)
    if request.method == "POST":
        return _lobby_act(request, participation)
    if ticket_missed(participation) and "again" not in request.GET:
        return _missed(request, participation)
    ticket = ticket_open(participation)
    ticket_seen(ticket.pk)
    if ticket_pair(ticket.pk) is not None:
        return redirect("journey", participation.public_id)
    context = page_context(participation, step="lobby") | {
        "lobby": lobby_view(participation),
        "texts": chat_texts(),
    }
    return render(request, "collection/lobby.html", context)


def _lobby_act(request: HttpRequest, participation: Participation) -> HttpResponse:
    if "practise" in request.POST:
        practice_start(participation)
    elif "stay" in request.POST:
        lobby_stay(participation)
    elif "leave" in request.POST:
        lobby_leave(participation)
    return redirect("journey", participation.public_id)


def _missed(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Somebody was not there at the ready check, or gave no sign of life: they decide whether to wait anew."""
    context = page_context(participation, step="lobby") | {
        "title": _("You were away when a partner was found"),
        "paragraphs": [_("Your place went to somebody else. You can wait again; your wait so far is paid.")],
        "action_url": reverse("collection:lobby", args=[participation.public_id]) + "?again=1",
        "action_label": _("Wait again"),
    }
    return render(request, "study/message.html", context)


@participation_page
@require_GET
def wait_status(request: HttpRequest, participation: Participation) -> JsonResponse:
    """Answer the lobby and the ready check: a sign of life, and where things stand."""
    step = step_now(participation)
    if step is Step.LOBBY:
        return _lobby_status(participation)
    answer: dict[str, Any] = {
        "state": step.name.lower(),
        "url": reverse(step.value, args=[participation.public_id]),
    }
    if step is Step.READY:
        answer |= _ready_view(participation)
    return JsonResponse(answer)


def _lobby_status(participation: Participation) -> JsonResponse:
    if ticket_missed(participation):
        url = reverse("collection:lobby", args=[participation.public_id])
        return JsonResponse({"state": "missed", "url": url})
    ticket = ticket_open(participation)
    ticket_seen(ticket.pk)
    if ticket_pair(ticket.pk) is not None:
        url = reverse("collection:ready", args=[participation.public_id])
        return JsonResponse({"state": "ready_check", "url": url})
    return JsonResponse({"state": "waiting"} | lobby_view(participation))


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def ready(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Ask whether the participant is there."""
    if step_now(participation) is not Step.READY:
        return redirect("journey", participation.public_id)
    seat = open_seat(participation)
    if request.method == "POST" and seat is not None:
        if "pass" in request.POST:
            ready_check_pass(seat.pk)
        else:
            seat_ready(seat.pk)
        return redirect("journey", participation.public_id)
    context = page_context(participation, step="lobby") | {
        "ready": _ready_view(participation),
        "texts": chat_texts(),
    }
    return render(request, "collection/ready.html", context)


def _ready_view(participation: Participation) -> dict[str, Any]:
    seat = open_seat(participation)
    if seat is None or seat.conversation.deadline_at is None:
        return {"seconds_left": 0, "own_ready": False, "partner_ready": False, "status_url": ""}
    left = (seat.conversation.deadline_at - database_now()).total_seconds()
    partner = Seat.objects.filter(conversation=seat.conversation_id).exclude(pk=seat.pk).first()
    return {
        "seconds_left": max(0, round(left)),
        "own_ready": seat.ready_at is not None,
        "partner_ready": partner is not None and partner.ready_at is not None,
        "may_pass": seat.role == Role.SUPPORTER,
        "status_url": reverse("collection:wait_status", args=[participation.public_id]),
    }
