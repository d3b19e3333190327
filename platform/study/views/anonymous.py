"""The anonymous link: no recruiting site, no id; a code to write down is the only way back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from study.access import access_grant, device_of, device_remember
from study.address import client_address
from study.domain.errors import EntryRefused, StudyClosed
from study.limits import ENTRY, by_address, limited
from study.models import Study
from study.services.attempts import attempt_allow
from study.services.resume import anonymous_enter, resume
from study.views.entry import message, welcome

TRIES = 10
TRIES_SECONDS = 600
"""So many codes may be tried from one address in this time, whichever web process answers."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(ENTRY, by=by_address)
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer to start, or to come back with a code."""
    study = get_object_or_404(Study, slug=slug)
    if not study.recruitments.filter(provider="anonymous").exists():
        raise Http404
    if request.method == "POST" and "start" in request.POST:
        return _start(request, study)
    error = ""
    if request.method == "POST":
        try:
            return _resume(request, study, request.POST.get("code", ""))
        except EntryRefused as refusal:
            error = str(refusal)
    return render(
        request, "study/anonymous.html", {"study": study, "error": error}, status=400 if error else 200
    )


def _start(request: HttpRequest, study: Study) -> HttpResponse:
    device = device_of(request)
    try:
        participation, code = anonymous_enter(study, device=device)
    except StudyClosed as error:
        return message(request, _("Not open"), str(error))
    access_grant(request, participation)
    context = {"study": study, "code": code, "go_url": reverse("journey", args=[participation.public_id])}
    response = render(request, "study/resume_code.html", context)
    device_remember(request, response, device)
    return response


def _resume(request: HttpRequest, study: Study, code: str) -> HttpResponse:
    if not attempt_allow("resume", client_address(request), tries=TRIES, seconds=TRIES_SECONDS):
        raise EntryRefused(_("That were many tries. Please wait ten minutes, or write to the study team."))
    return welcome(request, resume(study, code), role="", device=device_of(request))
