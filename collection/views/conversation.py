"""The conversation's page, the safety exit, and the survey afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.forms import SeekerSurveyForm, SupporterSurveyForm
from collection.journey import Step, open_seat, step_now
from collection.models import PreChatSurvey, Seat
from collection.services.conversations import conversation_end, held_conversations
from collection.services.leaving import leaving_now
from collection.services.passing import may_pass
from collection.services.seats import another_left
from collection.services.surveys import (
    SeekerAnswers,
    SupporterAnswers,
    seeker_survey_submit,
    supporter_survey_submit,
)
from collection.texts import chat_texts
from study.access import page_context, participation_page
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.pay import pay_lines
from study.domain.protocol import ChatRules, Protocol, Rewards
from study.models import Participation
from study.models.participant import Role
from study.texts import money

_RULES = (
    "finish_min_seeker_turns",
    "finish_min_seconds",
    "partner_idle_seconds",
    "idle_nudge_seconds",
    "idle_question_seconds",
    "text_max_length",
    "relabel_seconds",
    "feedback_gate",
    "max_seconds",
)
_SHOWN_OUTCOMES = ("completed", "partner_left", "left_early", "safety_exit")


@participation_page
@require_safe
def chat(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show the conversation. What was said comes over the socket."""
    seat = open_seat(participation)
    if step_now(participation) is not Step.CHAT or seat is None:
        return redirect("journey", participation.public_id)
    protocol = participation.protocol_version.protocol
    context = page_context(participation, step="chat") | {
        "chat_config": _chat_config(participation, seat, protocol),
        "texts": chat_texts(),
        "partner_name": _partner_name(participation),
    }
    return render(request, "collection/chat.html", context)


def _partner_name(participation: Participation) -> str:
    """Return the neutral name of a comparison's partner; empty where the partner's role is the name."""
    comparison = participation.protocol_version.protocol.comparison
    if comparison is None or not participation.compares:
        return ""
    return comparison.partners[min(held_conversations(participation), len(comparison.partners)) - 1]


def _chat_config(participation: Participation, seat: Seat, protocol: Protocol) -> dict[str, Any]:
    supporter = seat.role == Role.SUPPORTER
    return {
        "conversation_id": seat.conversation.public_id,
        "socket_path": f"/p/{participation.public_id}/chat/socket/",
        "role": seat.role,
        # The seeker's page holds no strategies, the supporter's nothing of the seeker's survey.
        "strategies": [_strategy(protocol, key) for key in protocol.strategies_by_key] if supporter else [],
        "feedback_scale": [
            {"value": value, "label": label} for value, label in protocol.scales.feedback.choices
        ],
        "rules": _rules(protocol.chat),
        "next_url": reverse("journey", args=[participation.public_id]),
        "safety_url": reverse("collection:safety_exit", args=[participation.public_id]),
        "pass_url": reverse("collection:pass_on", args=[participation.public_id]) if may_pass(seat) else "",
        "tutorial_url": reverse("tutorial:overview", args=[participation.public_id]) if supporter else "",
        "reward_rows": _reward_rows(protocol.rewards, role=seat.role),
        "extension_minutes": max(1, round(protocol.chat.idle_extension_seconds / 60)),
        "another_possible": another_left(participation),
        "leave_pay": money(leaving_now(participation, now=database_now()).total, protocol.rewards.currency),
    }


def _strategy(protocol: Protocol, key: str) -> dict[str, Any]:
    strategy = protocol.strategy(key)
    return {
        "key": strategy.key,
        "name": strategy.name,
        "stages": list(strategy.stages),
        "definition": strategy.definition,
        "examples": list(strategy.examples),
    }


def _rules(rules: ChatRules) -> dict[str, Any]:
    values = {name: getattr(rules, name) for name in _RULES}
    values["end_min_seeker_turns"] = values.pop("finish_min_seeker_turns")
    values["end_min_seconds"] = values.pop("finish_min_seconds")
    return values


def _reward_rows(rewards: Rewards, *, role: str) -> list[dict[str, str]]:
    rows = [rewards.row(outcome, role=role) for outcome in _SHOWN_OUTCOMES]
    return [
        {
            "status": row.exit_status,
            "meaning": row.meaning,
            "pay": money(_whole_pay(rewards, row.outcome, role=role), rewards.currency),
        }
        for row in rows
    ]


def _whole_pay(rewards: Rewards, outcome: str, *, role: str) -> Decimal:
    return sum((line.amount for line in pay_lines(rewards, outcome=outcome, role=role)), Decimal(0))


@participation_page
@require_POST
def safety_exit(request: HttpRequest, participation: Participation) -> HttpResponse:
    """End the conversation at once, fully paid. Works without the socket."""
    seat = open_seat(participation)
    if seat is not None and step_now(participation) is Step.CHAT:
        conversation_end(seat_id=seat.pk, manner="safety")
    return redirect("journey", participation.public_id)


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def post_chat(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Ask about the conversation afterwards, each side alone."""
    seat = open_seat(participation)
    if step_now(participation) is not Step.POST_CHAT or seat is None:
        return redirect("journey", participation.public_id)
    before = _intensity_before(seat)
    form = _survey_form(request, participation, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            _survey_submit(seat, form.cleaned_data)
            return redirect("journey", participation.public_id)
        except ApplicationError as error:
            form.add_error(None, str(error))
    context = page_context(participation, step="post_chat") | {
        "form": form,
        "role": seat.role,
        "before": before,
    }
    return render(request, "collection/post_chat.html", context, status=400 if form.errors else 200)


def _intensity_before(seat: Seat) -> str:
    if seat.role != Role.SEEKER:
        return ""
    survey = PreChatSurvey.objects.filter(conversation=seat.conversation).first()
    if survey is None:
        return ""
    scale = seat.conversation.protocol_version.protocol.scales.intensity
    return f"{survey.intensity_before} – {scale.label(survey.intensity_before)}"


def _survey_form(
    request: HttpRequest, participation: Participation, *, before: str
) -> SeekerSurveyForm | SupporterSurveyForm:
    data = request.POST if request.method == "POST" else None
    protocol = participation.protocol_version.protocol
    if participation.role == Role.SEEKER:
        return SeekerSurveyForm(data, protocol=protocol, before=before)
    return SupporterSurveyForm(data, protocol=protocol)


def _survey_submit(seat: Seat, data: dict[str, Any]) -> None:
    if seat.role == Role.SEEKER:
        seeker_survey_submit(
            seat.pk,
            SeekerAnswers(
                intensity_after=data["intensity"],
                empathy=data["empathy"],
                relevance=data["relevance"],
                ending=data["ending"],
                liked=data["liked"],
                improve=data["improve"],
            ),
        )
    else:
        supporter_survey_submit(
            seat.pk, SupporterAnswers(detail=data["detail"], liked=data["liked"], improve=data["improve"])
        )
