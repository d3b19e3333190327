"""Withdraw from the study, and the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from study.access import page_context, participation_page
from study.models import Participation, Withdrawal
from study.services.withdrawals import LABELS, participant_withdraw


@participation_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Explain what withdrawing means; do it once it is confirmed; show the receipt ever after."""
    receipt = Withdrawal.objects.filter(participant=participation.participant_id).first()
    if receipt is not None:
        return _receipt(request, participation, receipt)
    if request.method == "POST" and "confirm" in request.POST:
        participant_withdraw(participation.participant_id)
        response = redirect("study:withdraw", participation.public_id)
        # Drafts and unsent messages lie in the browser itself.
        response.headers["Clear-Site-Data"] = '"storage"'
        return response
    context = page_context(participation, step="end") | {
        "steps": [],
        "ended": participation.ended,
        "back_url": reverse("journey", args=[participation.public_id]),
        "missing": request.method == "POST",
    }
    return render(request, "study/withdraw.html", context, status=400 if context["missing"] else 200)


def _receipt(request: HttpRequest, participation: Participation, receipt: Withdrawal) -> HttpResponse:
    context = page_context(participation, step="end") | {
        "steps": [],
        "receipt": receipt,
        "erased": [{"label": LABELS[name], "count": count} for name, count in receipt.erased.items()],
        "end_url": reverse("study:end", args=[participation.public_id]),
    }
    return render(request, "study/receipt.html", context)
