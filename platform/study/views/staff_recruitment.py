"""How people come to a study: tasks at recruiting sites, and invitations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from study.clock import database_now
from study.domain.completion import groups_of
from study.domain.errors import RecruitmentInvalid
from study.domain.recruitment import PROVIDERS, Part
from study.models import Recruitment, Study, StudyEvent
from study.recruitment_links import arrival_path, qr_image
from study.services.recruitment import recruitment_set
from study.services.studies import invitation_create, study_note
from study.staff import staff_page, study_page_context
from study.staff_forms import InvitationForm, RecruitmentForm
from study.views.staff_setup import study_or_404


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def recruitment(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the study's tasks with their links and codes; set one up or change it."""
    study = study_or_404(slug)
    form = RecruitmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = _set(study, form)
        except RecruitmentInvalid as error:
            form.add_error(None, str(error))
        else:
            detail = f"{row.provider}, {row.part}"
            by = request.user.get_username()
            study_note(study, kind=StudyEvent.Kind.RECRUITMENT, by=by, detail=detail)
            messages.success(request, _("Stored."))
            return redirect("studies:recruitment", slug)
    return _page(request, study, form=form, status=400 if form.errors else 200)


def _set(study: Study, form: RecruitmentForm) -> Recruitment:
    values = form.cleaned_data
    return recruitment_set(
        study,
        provider=values["provider"],
        part=Part(values["part"]),
        reward=values["reward"],
        screen_out_pay=values["screen_out_pay"],
        codes=form.codes(),
        finish_url=values["finish_url"] or None,
        person_parameter=values["person_parameter"] or None,
        session_parameter=values["session_parameter"] or None,
    )


@staff_page
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Make invitation links and show them, this once: only their hashes are stored."""
    study = study_or_404(slug)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, study, invitation=form, status=400)
    values = form.cleaned_data
    expires = database_now() + timedelta(days=values["days"]) if values["days"] else None
    urls = []
    for _number in range(values["count"]):
        token = invitation_create(
            study,
            role=values["role"],
            max_uses=values["max_uses"],
            cohort=values["cohort"],
            expires_at=expires,
        )
        urls.append(request.build_absolute_uri(reverse("study:arrive_invited", args=[token])))
    study_note(
        study,
        kind=StudyEvent.Kind.INVITATION,
        by=request.user.get_username(),
        detail=f"{len(urls)} links, {values['max_uses']} uses each",
    )
    return _page(request, study, made=[(url, qr_image(url)) for url in urls])


def _page(
    request: HttpRequest,
    study: Study,
    *,
    form: RecruitmentForm | None = None,
    invitation: InvitationForm | None = None,
    made: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = study.recruitments.prefetch_related("codes").order_by("pk")
    context = study_page_context(request, study, tab="setup") | {
        "rows": [_row(request, row) for row in rows],
        "form": form or RecruitmentForm(),
        "invitation": invitation or InvitationForm(),
        "made": made or [],
        "invitations": study.invitations.order_by("-pk")[:100],
        "currency": study.protocol_version.protocol.rewards.currency,
    }
    return render(request, "research/recruitment.html", context, status=status)


def _row(request: HttpRequest, row: Recruitment) -> dict[str, Any]:
    path = arrival_path(row)
    url = request.build_absolute_uri("/").rstrip("/") + path if path else ""
    codes = {code.outcome: code for code in row.codes.all()}
    return {
        "row": row,
        "site": PROVIDERS[row.provider].name if row.provider in PROVIDERS else row.provider,
        "url": url,
        "qr": qr_image(url) if url else "",
        "codes": [
            (name, codes[group.outcomes[0]], [outcome.replace("_", " ") for outcome in group.outcomes])
            for name, group in groups_of(Part(row.part)).items()
            if group.outcomes[0] in codes
        ],
    }
