"""The door of every participation: it sends everybody to the page where they stand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from collection.journey import step_now
from study.access import participation_page
from study.models import Participation
from study.models.participant import Role
from tutorial import api as tutorial


@participation_page
@require_safe
def journey(request: HttpRequest, participation: Participation) -> HttpResponse:
    """Redirect to the present step."""
    if participation.training_only and participation.role == Role.SUPPORTER and not participation.ended:
        # Somebody may have been qualified meanwhile, by the study team or by another task.
        participation = tutorial.training_settle(participation.pk)
    return redirect(step_now(participation).value, participation.public_id)
