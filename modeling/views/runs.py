"""Start a training, follow it, stop it and let it go on."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from modeling import child
from modeling.corpus_store import store_corpus, store_release
from modeling.domain.training_lifecycle import State
from modeling.errors import ModelingError
from modeling.extra import missing_libraries
from modeling.forms import TrainingForm
from modeling.models import TrainingRun
from modeling.reports.log import read_log
from modeling.reports.run_figure import curves_svg
from modeling.run_files import list_run_files
from modeling.selectors import release_list, run_get, run_list
from modeling.services.trainings import store_folder, training_cancel, training_queue, training_resume
from study.staff import page_context, staff_page

LOG_ROWS = 200
"""The newest rows of the log that a page shows."""


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def run_index(request: HttpRequest) -> HttpResponse:
    """Show all trainings and start one."""
    form = TrainingForm(
        request.POST or None,
        request.FILES or None,
        releases=release_list(),
        run_files=list_run_files(),
        initial={"run_file": "tiny"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            run = _start(form, by=request.user.get_username())
        except ModelingError as error:
            form.add_error(None, str(error))
        else:
            return redirect("models:run", run.pk)
    context = page_context(request, section="models") | {
        "form": form,
        "runs": run_list(),
        # In production the worker's own environment decides, and it says so itself.
        "missing": missing_libraries() if settings.EMBEDDED else [],
    }
    return render(request, "modeling/runs.html", context)


def _start(form: TrainingForm, *, by: str) -> TrainingRun:
    upload, release = form.cleaned_data["upload"], form.chosen_release()
    if release is not None:
        corpus = store_release(release, store=store_folder())
    else:
        corpus = store_corpus(upload.chunks(), name=upload.name, store=store_folder())
    return training_queue(
        corpus,
        run_file=form.cleaned_data["run_file"],
        by=by,
        seed=form.cleaned_data["seed"],
        all_variants=form.cleaned_data["all_variants"],
        release=release,
        upload_name="" if release else upload.name,
    )


@staff_page
@require_safe
def run_detail(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one training: how far it is, its curves, its journal and what it left."""
    run = _run(run_id)
    rows = read_log(run.path / "log.csv")
    context = page_context(request, section="models") | {
        "run": run,
        "checkpoint": getattr(run, "checkpoint", None),
        "evaluations": list(run.checkpoint.evaluations.all()) if hasattr(run, "checkpoint") else [],
        "events": run.events.all(),
        "rows": rows[-LOG_ROWS:][::-1],
        "output": child.read_tail(run.path / child.OUTPUT) if run.state == State.FAILED else "",
        "live": run.state in {State.QUEUED, State.RUNNING},
    }
    return render(request, "modeling/run.html", context)


@staff_page
@require_safe
def run_progress(request: HttpRequest, run_id: int) -> JsonResponse:
    """Answer how far a training is, for the page that follows it."""
    run = _run(run_id)
    return JsonResponse({"state": run.state, "phase": run.phase, "progress": run.progress})


@staff_page
@require_safe
def run_curves(request: HttpRequest, run_id: int) -> HttpResponse:
    """Draw loss and perplexity by step."""
    rows = read_log(_run(run_id).path / "log.csv")
    if not rows:
        raise Http404
    return HttpResponse(curves_svg(rows), content_type="image/svg+xml")


@staff_page
@require_POST
def run_cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop a training."""
    _run(run_id)
    try:
        training_cancel(run_id, by=request.user.get_username())
    except ModelingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The training is stopped. Its best checkpoint so far stays."))
    return redirect("models:run", run_id)


@staff_page
@require_POST
def run_resume(request: HttpRequest, run_id: int) -> HttpResponse:
    """Let a training go on."""
    _run(run_id)
    try:
        training_resume(run_id, by=request.user.get_username())
    except ModelingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The training goes on where its last saved state is."))
    return redirect("models:run", run_id)


def _run(run_id: int) -> TrainingRun:
    run = run_get(run_id)
    if run is None:
        raise Http404
    return run
