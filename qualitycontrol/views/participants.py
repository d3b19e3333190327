"""A study's participants: the list, one of them, and their erasure on request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from collection.api import Seat
from qualitycontrol.access import staff_page
from qualitycontrol.participant_list import ParticipationFilter, participation_page
from study.models import Participation, Study, StudyEvent, Withdrawal
from study.selectors import ledger_lines, ledger_total
from study.services.studies import study_note
from study.services.withdrawals import LABELS, participant_withdraw
from study.staff import study_page_context
from study.views.staff_setup import study_or_404


class EraseForm(forms.Form):
    """The number once more, so that nobody is erased by a slip."""

    number = forms.CharField(label=gettext_lazy("Type the number of this participation"), max_length=32)

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._number = number

    def clean_number(self) -> str:
        """Refuse another number."""
        number: str = self.cleaned_data["number"].strip()
        if number != self._number:
            raise forms.ValidationError(_("This is another number."))
        return number


@staff_page
@require_safe
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page of the study's participations."""
    study = study_or_404(slug)
    found = ParticipationFilter(request.GET, queryset=Participation.objects.filter(study=study))
    older = request.GET.get("older", "")
    context = study_page_context(request, study, tab="participants") | {
        "form": found.form,
        "count": found.qs.count(),
        "page": participation_page(
            found.qs,
            older_than=int(older) if older.isascii() and older.isdigit() and len(older) < 19 else None,
        ),
    }
    return render(request, "research/participants.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def participant(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Show one participation: what happened, what was earned, what an erasure would take; erase on request."""
    study = study_or_404(slug)
    found = (
        Participation.objects.select_related("participant", "consent", "protocol_version")
        .filter(study=study, public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    form = EraseForm(request.POST if request.method == "POST" else None, number=public_id)
    if request.method == "POST" and form.is_valid():
        done = _erase(study, found, by=request.user.get_username())
        messages.success(request, _("Erased. The receipt is %(number)s.") % {"number": done.number})
        return redirect("research:participant", slug, public_id)
    receipt = Withdrawal.objects.filter(participant=found.participant).first()
    context = study_page_context(request, study, tab="participants") | {
        "one": found,
        "lines": ledger_lines(found),
        "total": ledger_total(found),
        "currency": found.protocol_version.protocol.rewards.currency,
        "seats": Seat.objects.filter(participation=found).select_related("conversation").order_by("pk"),
        "receipt": receipt,
        "erased": _counted(receipt if receipt is not None else _preview(found)),
        "form": form,
    }
    return render(request, "research/participant.html", context, status=400 if form.errors else 200)


@transaction.atomic
def _erase(study: Study, participation: Participation, *, by: str) -> Withdrawal:
    receipt = participant_withdraw(participation.participant_id)
    study_note(
        study,
        kind=StudyEvent.Kind.ERASURE,
        by=by,
        detail=f"{participation.participant.public_id}, receipt {receipt.number}",
    )
    return receipt


def _preview(participation: Participation) -> Withdrawal:
    """Return the receipt that an erasure would give: the very same is done, and taken back."""
    with transaction.atomic():
        receipt = participant_withdraw(participation.participant_id)
        transaction.set_rollback(True)
    return receipt


def _counted(receipt: Withdrawal) -> list[tuple[str, int]]:
    return [(str(LABELS.get(name, name)), count) for name, count in receipt.erased.items()]
