"""The supporter's pause: a question after a difficult conversation, and when the next one is possible."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from collection.domain.safety import Feeling
from collection.journey import Step, step_now
from collection.services.care import TEXT_MAX_LENGTH, Reason, check_in_give, pause_of
from study.access import page_context, participation_page
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models import Participation


class CheckInForm(forms.Form):
    """How a supporter is."""

    feeling = forms.ChoiceField(
        label=_("How are you after your last conversation?"),
        choices=[
            (Feeling.WELL.value, _("Well enough to go on after a pause")),
            (Feeling.SHAKEN.value, _("It stays with me, but I manage")),
            (Feeling.UNWELL.value, _("Not well: I would like to hear from the study team")),
        ],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    text = forms.CharField(
        label=_("Is there something you want to tell the study team?"),
        required=False,
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Ask how the supporter is, or say how long the pause lasts."""
    now = database_now()
    pause = pause_of(participation, now=now)
    if step_now(participation) is not Step.CARE or pause is None:
        return redirect("journey", participation.public_id)
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            check_in_give(participation.pk, **form.cleaned_data)
        except ApplicationError as error:
            messages.error(request, str(error))
        return redirect("journey", participation.public_id)
    minutes = max(1, round((pause.until - now).total_seconds() / 60)) if pause.until else 0
    context = page_context(participation, step="lobby") | {
        "form": form if pause.reason is Reason.CHECK_IN else None,
        "limit": pause.reason is Reason.LIMIT,
        "until": pause.until,
        "minutes": minutes,
    }
    return render(request, "collection/care.html", context, status=400 if form.errors else 200)
