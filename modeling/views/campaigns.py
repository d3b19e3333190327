"""Comparison campaigns for the study team: plan one, open and close it, see how far it is."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from modeling.campaign_forms import CampaignForm, PowerForm
from modeling.campaign_selectors import campaign_get, campaign_list, progress_of
from modeling.domain.campaign_lifecycle import CAMPAIGN_TRANSITIONS, CampaignEvent, CampaignState
from modeling.errors import CampaignInvalid, ModelingError
from modeling.models import Campaign
from modeling.services.campaigns import answered, campaign_create, campaign_move, campaign_quota_set
from study.services.protocols import protocol_load
from study.staff import page_context, staff_page

SECTION = "comparisons"


@staff_page
@require_safe
def campaign_index(request: HttpRequest) -> HttpResponse:
    """Show all campaigns."""
    campaigns = [{"campaign": c, "answered": answered(c)} for c in campaign_list()]
    context = page_context(request, section=SECTION) | {"campaigns": campaigns}
    return render(request, "modeling/comparisons/index.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Plan a campaign: first how many pairs it takes, then everything else."""
    asked = {key: request.GET[key] for key in ("win", "tie", "power") if key in request.GET}
    power = PowerForm(asked or None)
    plan, problem = _plan(power)
    initial = {"quota": plan["pairs"] if plan else 100, "block_size": 4, "seed": secrets.randbelow(10**6)}
    form = CampaignForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = _create(form.cleaned_data, by=request.user.get_username())
        except CampaignInvalid as error:
            form.add_error(None, str(error))
        else:
            return redirect("comparisons:detail", campaign.study.slug)
    context = page_context(request, section=SECTION) | {
        "form": form,
        "power": power if asked else PowerForm(),
        "plan": plan,
        "problem": problem,
    }
    return render(request, "modeling/comparisons/new.html", context, status=400 if form.errors else 200)


def _plan(form: PowerForm) -> tuple[dict[str, Any] | None, str]:
    """Return the pairs that are needed, with the power of some other numbers; or why there is no answer."""
    if not form.is_bound or not form.is_valid():
        return None, ""
    # Imported here: SciPy takes a second that no other page should wait for.
    from modeling.domain.power import pairs_needed, sign_test_power

    shares = {"win_share": form.cleaned_data["win"] / 100, "tie_share": form.cleaned_data["tie"] / 100}
    try:
        found = pairs_needed(power=form.cleaned_data["power"] / 100, **shares)
    except CampaignInvalid as error:
        return None, str(error)
    sizes = sorted({20, 50, 100, 200, found.pairs})
    rows = [{"pairs": n, "power": 100 * sign_test_power(n, **shares)} for n in sizes]
    return {"pairs": found.pairs, "power": 100 * found.power, "rows": rows}, ""


def _create(data: dict[str, Any], *, by: str) -> Campaign:
    protocol = protocol_load(data["protocol"])
    return campaign_create(
        slug=data["slug"],
        title=data["title"],
        contact=data["contact"],
        protocol_version=protocol,
        arms=data["arms"],
        quota=data["quota"],
        spare=data["spare"],
        block_size=data["block_size"],
        seed=data["seed"],
        by=by,
        # A rehearsal is for scripted participants, who come by the anonymous link.
        is_demo=protocol.protocol.rehearsal,
    )


@staff_page
@require_safe
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far a campaign is, its links and its journal."""
    campaign = _campaign(slug)
    progress = progress_of(campaign)
    context = page_context(request, section=SECTION) | {
        "campaign": campaign,
        "progress": progress,
        "moves": _moves(campaign),
        "links": _links(request, campaign),
        "steps": campaign.steps.all(),
        "tab": "detail",
    }
    return render(request, "modeling/comparisons/detail.html", context)


def _moves(campaign: Campaign) -> list[dict[str, str]]:
    labels = {
        CampaignEvent.OPEN: _("Open"),
        CampaignEvent.PAUSE: _("Pause"),
        CampaignEvent.CLOSE: _("Close"),
    }
    state = CampaignState(campaign.state)
    return [
        {"event": event.value, "label": label}
        for event, label in labels.items()
        if (state, event) in CAMPAIGN_TRANSITIONS
    ]


def _links(request: HttpRequest, campaign: Campaign) -> list[dict[str, str]]:
    """Return the recruiting links that stand, by site."""
    rows = campaign.study.recruitments.order_by("provider", "part")
    found = [
        {
            "label": f"{row.provider}, {row.part}",
            "url": request.build_absolute_uri(
                reverse("study:anonymous", args=[campaign.study.slug])
                if row.provider == "anonymous"
                else reverse("study:arrive_part", args=[row.provider, campaign.study.slug, row.part])
            ),
        }
        for row in rows
        if row.provider != "invitation"
    ]
    if campaign.study.is_demo:
        url = request.build_absolute_uri(reverse("study:arrive_anonymously", args=[campaign.study.slug]))
        found.append({"label": _("rehearsal, without an id"), "url": url})
    return found


@staff_page
@require_POST
def campaign_act(request: HttpRequest, slug: str) -> HttpResponse:
    """Move a campaign, or change its quota."""
    campaign = _campaign(slug)
    try:
        if "quota" in request.POST:
            campaign_quota_set(campaign.pk, quota=_number(request.POST["quota"]))
            messages.success(request, _("The quota is changed."))
        else:
            event = request.POST.get("event", "")
            if event not in {CampaignEvent.OPEN, CampaignEvent.PAUSE, CampaignEvent.CLOSE}:
                raise Http404
            campaign_move(campaign.pk, CampaignEvent(event), by=request.user.get_username())
    except ModelingError as error:
        messages.error(request, str(error))
    return redirect("comparisons:detail", slug)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def _campaign(slug: str) -> Campaign:
    campaign = campaign_get(slug)
    if campaign is None:
        raise Http404
    return campaign
