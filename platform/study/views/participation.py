"""Consent, role and the last page."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from study.access import page_context, participation_page
from study.domain.protocol import Protocol
from study.models import Participation
from study.models.participant import Outcome, Role
from study.monitoring import consent_sections
from study.selectors import completion, ledger_total, pay_booked
from study.services.participations import consent_give, participation_end, role_choose
from study.texts import money, pay_rows
from study.views.entry import ROLE_KEY
from study.views.policy import csp_allow_form


class ConsentForm(forms.Form):
    """The ticks of the consent text; the protocol says what each is called and whether it is needed."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for tick in protocol.consent.ticks:
            self.fields[tick.key] = forms.BooleanField(label=tick.label, required=tick.required)


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Inform, and take the decision."""
    if participation.ended or participation.consent_id is not None:
        return redirect("journey", participation.public_id)
    if request.method == "POST" and "decline" in request.POST:
        participation_end(participation.pk, outcome=Outcome.NO_CONSENT)
        return redirect("journey", participation.public_id)
    protocol = participation.protocol_version.protocol
    form = ConsentForm(request.POST if request.method == "POST" else None, protocol=protocol)
    if request.method == "POST" and form.is_valid():
        consent_give(
            participation.pk,
            public_release=form.cleaned_data.get("public_release", False),
            contact_again=form.cleaned_data.get("contact_again", False),
        )
        return redirect("journey", participation.public_id)
    context = page_context(participation, step="consent") | {
        "consent": {
            "title": protocol.consent.title,
            "summary": protocol.consent.summary,
            "sections": consent_sections(participation.study, protocol),
        },
        "form": form,
    }
    return render(request, "study/consent.html", context, status=400 if form.errors else 200)


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Let the participant choose a side, unless the invitation did."""
    if participation.ended or participation.role:
        return redirect("journey", participation.public_id)
    chosen = request.POST.get("role") if request.method == "POST" else _invited(request, participation)
    if chosen:
        role_choose(participation.pk, role=chosen)
        return redirect("journey", participation.public_id)
    context = page_context(participation, step="role") | {"roles": _roles(participation)}
    return render(request, "study/role.html", context)


def _invited(request: HttpRequest, participation: Participation) -> str:
    if participation.fixed_role:
        return participation.fixed_role
    invited: dict[str, str] = request.session.get(ROLE_KEY, {})
    return invited.get(participation.public_id, "")


def _roles(participation: Participation) -> list[dict[str, object]]:
    rewards = participation.protocol_version.protocol.rewards
    chat = {
        role: money(rewards.amount(Outcome.COMPLETED, role=role), rewards.currency) for role in Role.values
    }
    return [
        {
            "key": Role.SEEKER,
            "title": _("I would like support"),
            "text": _("You talk about something that weighs on you, or that did, with a trained supporter.")
            + " "
            + _("A finished chat pays %(amount)s.") % {"amount": chat[Role.SEEKER]},
            "minutes": 35,
            "enabled": True,
            "reason": "",
        },
        {
            "key": Role.SUPPORTER,
            "title": _("I would like to support"),
            "text": _(
                "You learn how to support somebody, pass an exam, and then talk with people who seek help."
            )
            + " "
            + _("The training pays %(training)s, a finished chat %(amount)s.")
            % {
                "training": money(rewards.training, rewards.currency),
                "amount": chat[Role.SUPPORTER],
            },
            "minutes": 60,
            "enabled": True,
            "reason": "",
        },
    ]


@participation_page
@require_safe
def end(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Show the outcome, the pay and the completion code."""
    if not participation.ended:
        return redirect("journey", participation.public_id)
    rewards = participation.protocol_version.protocol.rewards
    way_back = completion(participation)
    context = page_context(participation, step="end") | {
        "outcome": {
            "title": Outcome(participation.outcome).label,
            "text": rewards.row(participation.outcome, role=participation.role).meaning,
        },
        "exit_status": participation.exit_status,
        "completion_code": way_back.code,
        "pay_lines": pay_rows(pay_booked(participation), currency=rewards.currency),
        "pay_total": money(ledger_total(participation), rewards.currency),
        "redirect_url": way_back.redirect_url,
        "form_action": way_back.form_action,
        "form_fields": way_back.form_fields,
        "withdraw_url": reverse("study:withdraw", args=[participation.public_id]),
        "appeal_uid": uuid4().hex,  # a click too many stores no second message
    }
    response = render(request, "study/end.html", context)
    if way_back.form_action:
        # The policy lets forms go nowhere else; the site wants this one, in the participant's own browser.
        return csp_allow_form(response, way_back.form_action)
    return response
