"""The registry of checkpoints: their lineage, two side by side, and the files to take away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from modeling.checkpoint_files import zip_blocks
from modeling.errors import ModelingError
from modeling.models import Checkpoint, Evaluation
from modeling.selectors import checkpoint_list, evaluation_list
from modeling.services.trainings import RUN_FILE
from study.limits import EXPORT, by_account, limited
from study.staff import page_context, staff_page

BESIDE = (RUN_FILE, "log.csv", "loss.svg")
"""What a download holds of the training besides the checkpoint; never what the process printed, nor the corpus."""


@staff_page
@require_safe
def checkpoint_index(request: HttpRequest) -> HttpResponse:
    """Show every checkpoint with its lineage and its figures."""
    context = page_context(request, section="models") | {
        "checkpoints": checkpoint_list(),
        "evaluations": evaluation_list(),
    }
    return render(request, "modeling/checkpoints.html", context)


@staff_page
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show two evaluations side by side, with paired tests where both answered the same pieces."""
    one, other = _evaluation(request.GET.get("one")), _evaluation(request.GET.get("other"))
    context = page_context(request, section="models") | {
        "evaluations": evaluation_list(),
        "one": one,
        "other": other,
    }
    if one and other:
        from modeling.comparison import evaluation_rows, evaluation_tests

        tests = None
        try:
            tests = evaluation_tests(one, other)
        except ModelingError as error:
            messages.error(request, str(error))
        context |= {"rows": evaluation_rows(one, other, tests), "same_pieces": tests is not None}
    return render(request, "modeling/compare.html", context)


@staff_page
@require_safe
@limited(EXPORT, by=by_account)
def download(request: HttpRequest, run_id: int) -> StreamingHttpResponse:
    """Send a checkpoint's files as a zip archive, as it is made."""
    checkpoint = Checkpoint.objects.select_related("run").filter(run_id=run_id).first()
    if checkpoint is None or not checkpoint.path.is_dir():
        raise Http404
    run = checkpoint.run
    name = f"{run.run_file}-{checkpoint.weights_sha256[:12]}"
    blocks = zip_blocks(name, checkpoint.path, beside=[run.path / file for file in BESIDE])
    # Under ASGI a plain iterator would be read to its end before the first byte leaves.
    content = _in_threads(blocks) if isinstance(request, ASGIRequest) else blocks
    return StreamingHttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}.zip"'},
    )


async def _in_threads(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (block := await asyncio.to_thread(next, blocks, None)) is not None:
        yield block


def _evaluation(given: str | None) -> Evaluation | None:
    if not (given and given.isascii() and given.isdigit() and len(given) <= 18):
        return None
    return evaluation_list().filter(pk=int(given)).first()
