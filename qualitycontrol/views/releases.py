"""A study's releases: start one, follow it, and take its files, tables and figures away."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qualitycontrol import released_files
from qualitycontrol.access import staff_page
from qualitycontrol.domain.release_job import JobRefused, JobState
from qualitycontrol.models import Release, ReleaseJob
from qualitycontrol.services.release_jobs import release_job_cancel, release_job_queue
from study.models import Study
from study.staff import study_page_context
from study.views.staff_setup import study_or_404

LIVE = (JobState.QUEUED, JobState.RUNNING)


class ReleaseForm(forms.Form):
    """A new release."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    negative = forms.BooleanField(
        label=gettext_lazy("Refused conversations that did not help"),
        required=False,
        help_text=gettext_lazy("A release of its own, in the form of FailedESConv.json."),
    )


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the study's releases and jobs; start a release."""
    study = study_or_404(slug)
    rehearsal = study.protocol_version.protocol.rehearsal
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        job = release_job_queue(
            study,
            name=form.cleaned_data["name"],
            rehearsal=rehearsal,
            negative=form.cleaned_data["negative"],
            by=request.user.get_username(),
        )
        return redirect("research:release_job", slug, job.pk)
    context = study_page_context(request, study, tab="releases") | {
        "form": form,
        "rehearsal": rehearsal,
        "releases": _of_study(study).order_by("-number"),
        "jobs": ReleaseJob.objects.filter(study=study).select_related("release")[:20],
    }
    return render(request, "research/releases.html", context, status=400 if form.errors else 200)


def _of_study(study: Study) -> Any:
    """Return the study's releases, and those of all studies together."""
    return Release.objects.filter(Q(manifest__study=study.slug) | Q(manifest__study=None))


def _release(slug: str, number: int) -> tuple[Study, Release]:
    study = study_or_404(slug)
    return study, get_object_or_404(_of_study(study), number=number)


@staff_page
@require_safe
def job(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Show how far a job is; the page follows it by itself."""
    study = study_or_404(slug)
    found = get_object_or_404(ReleaseJob.objects.select_related("release"), pk=job_id, study=study)
    context = study_page_context(request, study, tab="releases") | {"job": found, "live": found.state in LIVE}
    return render(request, "research/release_job.html", context)


@staff_page
@require_safe
def progress(_request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Answer how far a job is, for the page that follows it."""
    found = get_object_or_404(ReleaseJob, pk=job_id, study=study_or_404(slug))
    return JsonResponse({"state": found.state, "phase": found.phase, "progress": {}})


@staff_page
@require_POST
def cancel(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Stop a job."""
    found = get_object_or_404(ReleaseJob, pk=job_id, study=study_or_404(slug))
    try:
        release_job_cancel(found.pk)
    except JobRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It stops before its next step."))
    return redirect("research:release_job", slug, job_id)


@staff_page
@require_safe
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one release: what it holds, what changed, its files, tables and figures."""
    study, found = _release(slug, number)
    folder = released_files.release_folder(found)
    context = study_page_context(request, study, tab="releases") | {
        "release": found,
        "manifest": found.manifest,
        "files": sorted(path.name for path in folder.iterdir() if path.is_file()) if folder else [],
        "analyses": _analyses(found),
        "command": f"python -m corpus figures {found.manifest['files'][0]['name']} --out DIR",
    }
    return render(request, "research/release.html", context)


def _analyses(release: Release) -> list[dict[str, Any]]:
    folder = released_files.figures_folder(release)
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return [
        {
            "stem": stem,
            "title": title,
            "image": f"{stem}.svg" if f"{stem}.svg" in names else "",
            "files": [f"{stem}.{kind}" for kind in ("svg", "pdf", "csv", "tex") if f"{stem}.{kind}" in names],
            "text": (folder / f"{stem}.txt").read_text(encoding="utf-8") if f"{stem}.txt" in names else "",
        }
        for stem, title in released_files.TITLES.items()
        if any(name.startswith(f"{stem}.") for name in names)
    ]


@staff_page
@require_POST
def draw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draw the figures of a release that was made by command."""
    study, found = _release(slug, number)
    job = release_job_queue(
        study,
        name=found.name,
        rehearsal=found.rehearsal,
        negative=found.negative,
        by=request.user.get_username(),
        release=found,
    )
    return redirect("research:release_job", slug, job.pk)


@staff_page
@require_safe
def release_file(_request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """Give one of the release's own files."""
    _study, found = _release(slug, number)
    return _given(released_files.file_in(released_files.release_folder(found), name))


@staff_page
@require_safe
def figure_file(_request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """Give one of the tables and figures."""
    _study, found = _release(slug, number)
    return _given(released_files.file_in(released_files.figures_folder(found), name))


def _given(path: Path | None) -> HttpResponseBase:
    if path is None:
        raise Http404
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path.open("rb"), filename=path.name, content_type=kind)
