"""The researchers' list of studies, and a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from study.models import ProtocolVersion, Study, StudyEvent
from study.services.protocols import protocol_load
from study.services.studies import study_create, study_edit, study_note
from study.staff import page_context, staff_page
from study.staff_forms import SHIPPED, NewStudyForm


@staff_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show all studies, newest first."""
    studies = (
        Study.objects.filter(preview_of__isnull=True)
        .select_related("protocol_version")
        .defer("protocol_version__document")
        .order_by("-created_at", "-pk")
    )
    context = page_context(request, section="studies") | {"studies": studies}
    return render(request, "research/studies.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Create a study, to be set up."""
    form = NewStudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        study = _create(form, by=request.user.get_username())
        return redirect("studies:setup", study.slug)
    context = page_context(request, section="studies") | {"form": form}
    return render(request, "research/study_new.html", context, status=400 if form.errors else 200)


def _create(form: NewStudyForm, *, by: str) -> Study:
    values = form.cleaned_data
    chosen: str = values["protocol"]
    version = (
        protocol_load(chosen.removeprefix(SHIPPED))
        if chosen.startswith(SHIPPED)
        else ProtocolVersion.objects.get(pk=int(chosen))
    )
    study = study_create(
        values["slug"],
        title=values["title"],
        protocol_version=version,
        contact=values["contact"],
        is_demo=values["is_demo"],
        state=Study.State.DRAFT,
    )
    study_note(study, kind=StudyEvent.Kind.CREATED, by=by, detail=f"under {version}")
    return study_edit(
        study.pk,
        by=by,
        changes={"institution": values["institution"], "review_board": values["review_board"]},
    )
