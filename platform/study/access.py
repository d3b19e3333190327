"""Which participations a browser may see, and what every participant page shows.

Participants have no password. The recruiting link opens a participation for the browser's session; whoever comes
back by the same link, on any device, comes back to the same place.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from study.domain.resources_content import EVERYWHERE, resources_for
from study.models import Participation
from study.models.participant import Role
from study.monitoring import watch_note
from study.selectors import participation_get
from study.texts import country_label

SESSION_KEY = "participations"
DEVICE_COOKIE = "esc_device"
_REMEMBERED = 20
_ACTIVE_EVERY = timedelta(minutes=1)
"""How exactly the last opened page is remembered: enough for limits of hours, without a write for every page."""

P = ParamSpec("P")


def access_grant(request: HttpRequest, participation: Participation) -> None:
    """Let this browser into a participation."""
    known = [p for p in request.session.get(SESSION_KEY, []) if p != participation.public_id]
    request.session[SESSION_KEY] = [*known, participation.public_id][-_REMEMBERED:]


def session_participations(session: Any) -> list[str]:
    """Return the public ids that a session may open."""
    return list(session.get(SESSION_KEY, []))


def device_of(request: HttpRequest) -> str:
    """Return the browser's device mark, a new one when it has none."""
    return request.COOKIES.get(DEVICE_COOKIE) or secrets.token_urlsafe(16)


def device_remember(request: HttpRequest, response: HttpResponse, device: str) -> None:
    """Set the device mark: a random value that links no more than the seats taken from one browser."""
    if request.COOKIES.get(DEVICE_COOKIE) != device:
        response.set_cookie(
            DEVICE_COOKIE,
            device,
            max_age=180 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def participation_page(
    view: Callable[Concatenate[HttpRequest, Participation, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the participation of the URL; 404 for everybody whom it does not belong to."""

    @wraps(view)
    def wrapped(request: HttpRequest, public_id: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if public_id not in session_participations(request.session):
            raise Http404
        participation = participation_get(public_id)
        if participation is None:
            raise Http404
        _remember_active(participation)
        response = view(request, participation, *args, **kwargs)
        # Surveys and transcripts are nobody's business on a shared computer.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def _remember_active(participation: Participation) -> None:
    last = participation.active_at
    if not participation.ended and (last is None or timezone.now() - last > _ACTIVE_EVERY):
        Participation.objects.filter(pk=participation.pk).update(active_at=Now())


STEPS: dict[str, tuple[str, ...]] = {
    "": ("consent", "role"),
    Role.SEEKER: ("consent", "role", "pre_chat", "lobby", "chat", "post_chat", "end"),
    Role.SUPPORTER: ("consent", "role", "tutorial", "exam", "lobby", "chat", "post_chat", "end"),
}

COMPARISON_STEPS = ("consent", "pre_chat", "chats", "compare", "end")
"""Where two conversations are compared; what belongs to either of them is the one step `chats`."""
_OF_THE_CHATS = {"lobby": "chats", "chat": "chats", "post_chat": "chats"}

TRAINING_STEPS = ("consent", "role", "tutorial", "exam", "end")
"""Where the training is a task of its own."""


def step_label(step: str) -> str:
    """Return the words of a step in the step bar."""
    return {
        "consent": _("Information"),
        "role": _("Role"),
        "pre_chat": _("About you"),
        "tutorial": _("Training"),
        "exam": _("Exam"),
        "lobby": _("Partner"),
        "chat": _("Chat"),
        "chats": _("Two chats"),
        "compare": _("Comparison"),
        "post_chat": _("Questions"),
        "end": _("Done"),
    }[step]


def help_context(participation: Participation) -> dict[str, Any]:
    """Return what "Need help now?" shows on every page, and whether the card of help stands there too."""
    resources = participation.protocol_version.protocol.resources
    country = participation.country
    # Who has not named a country sees first what is for everybody, and then all of it.
    everybody_first = sorted(resources, key=lambda resource: resource.country != EVERYWHERE)
    near = resources_for(resources, country) if country else everybody_first
    return {
        "resources": near,
        "far_resources": [resource for resource in resources if resource not in near],
        "countries": sorted(
            (
                (code, country_label(code))
                for code in {resource.country for resource in resources} - {EVERYWHERE}
            ),
            key=lambda pair: pair[1],
        ),
        "country": country,
        "team_answered": participation.team_answered,
        "watch_note": watch_note(participation.study, now=timezone.now()),
        "help_url": reverse("help", args=[participation.public_id]),
        "card": participation.role or Role.SEEKER if participation.card_at is not None else "",
    }


def page_context(participation: Participation, *, step: str) -> dict[str, Any]:
    """Return what every participant page shows: study, step bar, help."""
    steps = TRAINING_STEPS if participation.training_only else STEPS[participation.role]
    if participation.compares:
        steps, step = COMPARISON_STEPS, _OF_THE_CHATS.get(step, step)
    position = steps.index(step) if step in steps else 0
    protocol = participation.protocol_version.protocol
    return {
        "participation": participation,
        "study": participation.study,
        "rehearsal": protocol.rehearsal,
        **help_context(participation),
        "leave_url": "" if participation.ended else reverse("leave", args=[participation.public_id]),
        "steps": [
            {
                "label": step_label(name),
                "state": "done" if i < position else "current" if i == position else "todo",
            }
            for i, name in enumerate(steps)
        ],
    }
