"""A study's protocol: its versions, a new one, what changes, and a file of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from study.domain.errors import ApplicationError
from study.domain.protocol_differences import differences
from study.domain.toml_text import write_toml
from study.models import ProtocolVersion, Study
from study.protocol_upload import Fault, Read, read_upload
from study.services.protocols import protocol_store
from study.services.studies import study_protocol_use
from study.staff import staff_page, study_page_context
from study.staff_forms import ProtocolUploadForm
from study.views.staff_setup import study_or_404


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def protocol(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version in use and all others; check an upload, and store it when asked to."""
    study = study_or_404(slug)
    form = ProtocolUploadForm(request.POST or None, request.FILES or None)
    checked: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        text = _text(form)
        read = read_upload(text)
        if isinstance(read, Read) and "store" in request.POST:
            return _store(request, study, read)
        checked = _checked(study, read)
        form = ProtocolUploadForm(initial={"text": text})
    context = (
        study_page_context(request, study, tab="setup")
        | checked
        | {
            "form": form,
            "versions": ProtocolVersion.objects.defer("document").order_by("name", "-version"),
        }
    )
    return render(
        request, "research/protocol.html", context, status=400 if "fault" in checked or form.errors else 200
    )


def _text(form: ProtocolUploadForm) -> str:
    upload = form.cleaned_data["file"]
    if upload is None:
        return str(form.cleaned_data["text"]).replace("\r\n", "\n")
    return bytes(upload.read()).decode("utf-8", errors="replace")


def _checked(study: Study, read: Read | Fault) -> dict[str, Any]:
    if isinstance(read, Fault):
        return {"fault": read}
    name, version = read.protocol.name, read.protocol.version
    newest = ProtocolVersion.objects.filter(name=name).order_by("-version").first()
    return {
        "read": read.protocol,
        "differences": differences(study.protocol_version.document, read.document),
        "taken": ProtocolVersion.objects.filter(name=name, version=version).exists(),
        "next_version": newest.version + 1 if newest else version,
    }


def _store(request: HttpRequest, study: Study, read: Read) -> HttpResponse:
    try:
        version = protocol_store(read.document)
    except ApplicationError as error:
        messages.error(request, str(error))
        return redirect("studies:protocol", study.slug)
    messages.success(request, _("%(version)s is stored.") % {"version": version})
    return redirect("studies:protocol_version", study.slug, version.pk)


@staff_page
@require_safe
def version(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Show what a stored version would change for this study."""
    study = study_or_404(slug)
    chosen = get_object_or_404(ProtocolVersion, pk=version_id)
    context = study_page_context(request, study, tab="setup") | {
        "version": chosen,
        "differences": differences(study.protocol_version.document, chosen.document),
    }
    return render(request, "research/protocol_version.html", context)


@staff_page
@require_POST
def use(request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Let everybody who comes from now on take part under a version."""
    study = study_or_404(slug)
    chosen = get_object_or_404(ProtocolVersion, pk=version_id)
    try:
        study_protocol_use(study.pk, chosen, by=request.user.get_username())
    except ApplicationError as error:
        messages.error(request, str(error))
        return redirect("studies:protocol_version", slug, version_id)
    messages.success(
        request,
        _("Whoever comes from now on takes part under %(version)s. Who is inside keeps theirs.")
        % {"version": chosen},
    )
    return redirect("studies:setup", slug)


@staff_page
@require_safe
def export(_request: HttpRequest, slug: str, version_id: int) -> HttpResponse:
    """Give a stored version as one TOML file, which can be uploaded again."""
    study_or_404(slug)
    chosen = get_object_or_404(ProtocolVersion, pk=version_id)
    response = HttpResponse(write_toml(chosen.document), content_type="application/toml; charset=utf-8")
    name = f"{chosen.name}-v{chosen.version}.toml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
