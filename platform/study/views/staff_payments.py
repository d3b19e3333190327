"""A study's payments: what is due at each site, the plans made of it, and what was paid.

Nothing here pays anybody. A plan's file holds recruiting ids, so it lies beside the database, readable by this
service only, until every line of it is marked as paid.
"""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from study.domain.errors import PaymentRefused
from study.domain.recruitment import PROVIDERS
from study.models import Participation, PaymentPlan, Study, StudyEvent
from study.pay_report import pay_rates
from study.selectors import study_booked, study_committed
from study.services.payments import Due, payment_mark_paid, payment_plan_make, payments_due, plan_csv
from study.services.studies import study_note
from study.staff import staff_page, study_page_context
from study.views.staff_setup import study_or_404

MAX_FILE = 5_000_000


def plan_file(plan: PaymentPlan) -> Path:
    """Return where a plan's file lies, or lay."""
    return Path(settings.VAR) / "payments" / f"plan-{plan.pk}.csv"


@staff_page
@require_safe
def payments(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview what is due, with totals; show the plans and the observed rates against the floor."""
    study = study_or_404(slug)
    rewards = study.protocol_version.protocol.rewards
    sites = Participation.objects.filter(study=study).order_by().values_list("provider", flat=True).distinct()
    context = study_page_context(request, study, tab="payments") | {
        "currency": rewards.currency,
        "floor": rewards.floor_per_hour,
        "sites": [preview for site in sorted(sites) if (preview := _preview(study, site))],
        "plans": _plans(study),
        "booked": study_booked(study),
        "committed": study_committed(study),
        "rates": pay_rates(study),
    }
    return render(request, "research/payments.html", context)


def _preview(study: Study, provider: str) -> dict[str, Any] | None:
    dues = payments_due(study, provider=provider)
    if not dues:
        return None
    return {
        "provider": provider,
        "name": PROVIDERS[provider].name if provider in PROVIDERS else provider,
        "dues": dues[:200],
        "people": len(dues),
        "earned": _sum(due.earned for due in dues),
        "by_site": _sum(due.paid_by_site for due in dues),
        "amount": _sum(due.amount for due in dues),
        "refusal": _refusal(dues),
    }


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0)).quantize(Decimal("0.01"))


def _refusal(dues: list[Due]) -> str:
    try:
        plan_csv(dues)
    except PaymentRefused as error:
        return str(error)
    return ""


def _plans(study: Study) -> list[tuple[PaymentPlan, bool]]:
    plans = PaymentPlan.objects.filter(study=study).annotate(
        people=Count("items"),
        total=Sum("items__amount"),
        unpaid=Count("items", filter=Q(items__paid_at__isnull=True)),
    )
    return [(plan, plan_file(plan).exists()) for plan in plans.order_by("-pk")]


@staff_page
@require_POST
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a plan of everything that a site's people are owed."""
    study = study_or_404(slug)
    provider = request.POST.get("provider", "")
    draft = Path(settings.VAR) / "payments" / f"draft-{uuid.uuid4().hex}.csv"
    try:
        made = payment_plan_make(study, provider=provider, path=draft)
    except PaymentRefused as error:
        messages.error(request, str(error))
        return redirect("studies:payments", slug)
    draft.rename(plan_file(made))
    by = request.user.get_username()
    study_note(study, kind=StudyEvent.Kind.PAYMENT, by=by, detail=f"plan {made.pk} for {provider}")
    messages.success(request, _("Plan %(number)s is made. Download its file.") % {"number": made.pk})
    return redirect("studies:payments", slug)


@staff_page
@require_safe
def plan_download(request: HttpRequest, slug: str, plan_id: int) -> HttpResponseBase:
    """Give a plan's file, which holds recruiting ids: that somebody took it is written down."""
    study = study_or_404(slug)
    found = get_object_or_404(PaymentPlan, pk=plan_id, study=study)
    path = plan_file(found)
    if not path.exists():
        raise Http404
    by = request.user.get_username()
    study_note(study, kind=StudyEvent.Kind.PAYMENT, by=by, detail=f"file of plan {found.pk} downloaded")
    name = f"{slug}-{found.provider}-plan-{found.pk}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")


@staff_page
@require_POST
def mark_paid(request: HttpRequest, slug: str) -> HttpResponse:
    """Mark a whole plan as paid, or the lines of an uploaded file."""
    study = study_or_404(slug)
    try:
        text = _paid_text(request, study)
        fresh, before = payment_mark_paid(study, text=text)
    except (PaymentRefused, UnicodeDecodeError) as error:
        messages.error(request, str(error))
        return redirect("studies:payments", slug)
    for found, exists in _plans(study):
        if exists and not found.unpaid:  # type: ignore[attr-defined]
            plan_file(found).unlink(missing_ok=True)
    by = request.user.get_username()
    study_note(study, kind=StudyEvent.Kind.PAYMENT, by=by, detail=f"{fresh} lines marked as paid")
    messages.success(
        request,
        _("%(fresh)s lines are marked as paid; %(before)s were before.") % {"fresh": fresh, "before": before},
    )
    return redirect("studies:payments", slug)


def _paid_text(request: HttpRequest, study: Study) -> str:
    upload = request.FILES.get("file")
    if upload is not None:
        if upload.size is None or upload.size > MAX_FILE:
            raise PaymentRefused(_("The file is too large to be a plan."))
        return bytes(upload.read()).decode("utf-8")
    number = request.POST.get("plan", "")
    if not number.isdigit() or len(number) > 18:
        raise PaymentRefused(_("Choose the file that was paid."))
    found = get_object_or_404(PaymentPlan, pk=int(number), study=study)
    path = plan_file(found)
    if not path.exists():
        raise PaymentRefused(_("The plan's file does not lie here; please upload it."))
    return path.read_text(encoding="utf-8")
