"""Whether this process lives, and whether it can do its work."""

from __future__ import annotations

import threading

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from escplatform.job_marks import jobs_that_stopped

leaving = threading.Event()
"""Set once this process takes nobody new (`escplatform.server`)."""


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer: the process lives."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the process is not leaving and its database answers; name the jobs that have stopped.

    Neither Redis nor beat makes a web process unfit: the chat goes on without them, and taking every process
    away from the proxy would turn a warning into an outage.
    """
    if leaving.is_set():
        return HttpResponse("this process is leaving", status=503, content_type="text/plain")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        stopped = jobs_that_stopped()
    except DatabaseError:
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    warnings = "".join(f"\nwarning: {name} has not run lately" for name in stopped)
    return HttpResponse(f"ok{warnings}", content_type="text/plain")
