"""A participant between and after the two conversations of a comparison. Nothing here names a model."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collection.api import Conversation, Step, conversation_record, step_now
from modeling.domain.campaign_lifecycle import PairState
from modeling.errors import AgentUnavailable, PairRefused
from modeling.models import Pair
from modeling.services.pairs import (
    pair_answer,
    pair_assign,
    pair_begin,
    pair_give_up,
    pair_of,
    partner_available,
)
from study.access import page_context, participation_page
from study.domain.comparison_content import Comparison
from study.domain.errors import ApplicationError
from study.models import Participation


class ComparisonForm(forms.Form):
    """The questions; the protocol says what each is called and what the answers are."""

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in comparison.questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.text,
                choices=comparison.choices,
                widget=forms.RadioSelect(attrs={"class": "choices"}),
                error_messages={"required": _("Please choose one of the three.")},
            )


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def comparison(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Lead to the next conversation, or ask which of the two was better."""
    rules = participation.protocol_version.protocol.comparison
    if step_now(participation) is not Step.COMPARISON or rules is None:
        return redirect("journey", participation.public_id)
    pair = pair_of(participation)
    if pair is not None and pair.state == PairState.QUESTIONS:
        return _questions(request, participation, pair, rules)
    if request.method == "POST":
        return _act(request, participation)
    return _next_partner(request, participation, pair, rules)


def _act(request: HttpRequest, participation: Participation) -> HttpResponse:
    try:
        # Stored by itself: an agent that cannot be reached does not draw the order anew.
        pair_assign(participation)
        if "give_up" in request.POST:
            pair_give_up(participation)
        else:
            pair_begin(participation)
    except AgentUnavailable:
        # The page that follows says so; the reason is the study team's business and names the agent.
        pass
    except (PairRefused, ApplicationError) as error:
        messages.error(request, str(error))
    return redirect("journey", participation.public_id)


def _next_partner(
    request: HttpRequest, participation: Participation, pair: Pair | None, rules: Comparison
) -> HttpResponse:
    second = pair is not None and pair.state in {PairState.BETWEEN, PairState.SECOND_CHAT}
    name = rules.partners[1 if second else 0]
    context = page_context(participation, step="chats") | {
        "second": second,
        "partner": name,
        "partners": rules.partners,
        "minutes": max(1, participation.protocol_version.protocol.chat.finish_min_seconds // 60),
        "again": pair is not None and pair.state in {PairState.FIRST_CHAT, PairState.SECOND_CHAT},
        "available": pair is None or partner_available(pair),
    }
    return render(request, "modeling/comparison_next.html", context)


def _questions(
    request: HttpRequest, participation: Participation, pair: Pair, rules: Comparison
) -> HttpResponse:
    form = ComparisonForm(request.POST if request.method == "POST" else None, comparison=rules)
    if request.method == "POST" and form.is_valid():
        try:
            pair_answer(participation, form.cleaned_data)
            return redirect("journey", participation.public_id)
        except PairRefused as error:
            form.add_error(None, str(error))
    context = page_context(participation, step="compare") | {
        "form": form,
        "question": rules.question,
        "transcripts": [
            {"name": name, "lines": _lines(conversation)}
            for name, conversation in zip(
                rules.partners, (pair.first_conversation, pair.second_conversation), strict=True
            )
        ],
    }
    return render(request, "modeling/comparison.html", context, status=400 if form.errors else 200)


def _lines(conversation: Conversation | None) -> list[dict[str, Any]]:
    """Return who said what, as the participant saw it: no strategy, no time."""
    if conversation is None:
        return []
    record = conversation_record(conversation)
    return [{"own": u.speaker.value == "seeker", "text": u.text} for u in record.utterances]
