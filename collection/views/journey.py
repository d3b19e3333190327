"""The door of every participation: it sends everybody to the page where they stand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from collection.journey import step_now
from study.access import participation_page
from study.models import Participation


@participation_page
@require_safe
def journey(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Redirect to the present step."""
    return redirect(step_now(participation).value, participation.public_id)
