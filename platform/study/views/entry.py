"""How people arrive."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from study.access import access_grant, device_of, device_remember, session_participations
from study.domain.errors import EntryRefused, HasWithdrawn, StudyClosed, TakenPartAlready
from study.domain.recruitment import PROVIDERS, Arrival, Part, Preview, parse_entry
from study.identity import keyed_hash, new_visitor
from study.limits import ENTRY, by_address, limited
from study.models import Participation, Recruitment, Study
from study.models.participant import Role
from study.selectors import study_open_list
from study.services.participations import invitation_use, participation_enter
from study.views.policy import allow_frames

ROLE_KEY = "invited_role"


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this is; offer the demonstrations."""
    studies = [_demonstration(study) for study in study_open_list() if study.is_demo]
    context = {"studies": studies, "staff_url": reverse(settings.LOGIN_REDIRECT_URL)}
    return render(request, "study/landing.html", context)


def _demonstration(study: Study) -> dict[str, object]:
    enter = reverse("study:arrive_anonymously", args=[study.slug])
    return {
        "title": study.title,
        "seeker_url": f"{enter}?role={Role.SEEKER.value}",
        "supporter_url": f"{enter}?role={Role.SUPPORTER.value}",
        "practice": study.is_demo,
    }


@require_GET
@limited(ENTRY, by=by_address)
def arrive(request: HttpRequest, provider: str, slug: str, part: str = Part.WHOLE) -> HttpResponse:
    """Let somebody in who comes from a recruiting site."""
    study = get_object_or_404(Study, slug=slug)
    recruitment = Recruitment.objects.filter(study=study, provider=provider, part=part).first()
    if recruitment is None and part != Part.WHOLE:
        raise Http404
    try:
        arrival = parse_entry(
            provider,
            request.GET.dict(),
            person_parameter=recruitment.person_parameter if recruitment else "",
            session_parameter=recruitment.session_parameter if recruitment else "",
        )
    except EntryRefused as error:
        return message(request, _("This link is not complete"), str(error), status=400)
    if isinstance(arrival, Preview):
        return _framed(
            provider,
            message(
                request,
                _("This is a preview"),
                _("Accept the task at the site that sent you, and it opens here. Nothing has been recorded."),
            ),
        )
    if PROVIDERS[provider].return_origins and request.headers.get("Sec-Fetch-Dest") == "iframe":
        return _framed(provider, _new_tab(request))
    return _enter(request, study, arrival, recruitment=recruitment)


def _new_tab(request: HttpRequest) -> HttpResponse:
    """Inside a site's frame a browser keeps no session for us: the task opens in a tab of its own."""
    context = {
        "title": _("The task opens in a new tab"),
        "paragraphs": [_("Keep this page open as well. At the end, the new tab leads you back.")],
        "action_url": request.get_full_path(),
        "action_label": _("Open the task"),
        "action_new_tab": True,
    }
    return render(request, "study/message.html", context)


def _framed(provider: str, response: HttpResponse) -> HttpResponse:
    """Let the site that sent somebody show this page inside its own."""
    origins = PROVIDERS[provider].return_origins
    return allow_frames(response, origins) if origins else response


@require_GET
@limited(ENTRY, by=by_address)
def arrive_anonymously(request: HttpRequest, slug: str) -> HttpResponse:
    """Let somebody into a demonstration who has no id at all."""
    study = get_object_or_404(Study, slug=slug)
    if not study.is_demo:
        raise Http404
    visitor = new_visitor()
    role = request.GET.get("role", "")
    return _enter(request, study, Arrival("anonymous", visitor, visitor), role=role)


@require_GET
@limited(ENTRY, by=by_address)
def arrive_invited(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody in who has an invitation."""
    device = device_of(request)
    try:
        participation, role = invitation_use(token, visitor=device, device=device)
    except EntryRefused as error:
        return message(request, _("This invitation cannot be used"), str(error), status=400)
    except StudyClosed as error:
        return message(request, _("Not open"), str(error))
    return welcome(request, participation, role=role, device=device)


def _enter(
    request: HttpRequest,
    study: Study,
    arrival: Arrival,
    *,
    role: str = "",
    recruitment: Recruitment | None = None,
) -> HttpResponse:
    device = device_of(request)
    try:
        participation = participation_enter(study, arrival=arrival, device=device, recruitment=recruitment)
    except TakenPartAlready as error:
        return _taken_part(request, study, error, device=device)
    except (StudyClosed, HasWithdrawn) as error:
        return message(request, _("Not open"), str(error))
    return welcome(request, participation, role=role, device=device)


def _taken_part(request: HttpRequest, study: Study, error: TakenPartAlready, *, device: str) -> HttpResponse:
    """Say so; lead to the earlier result from a browser that knows it, since a person's id alone proves nothing."""
    earlier = Participation.objects.get(public_id=error.earlier)
    own_device = earlier.device_hash != "" and earlier.device_hash == keyed_hash("device", device)
    paragraphs = [
        str(error),
        _(
            "Nothing new was recorded. If a task was reserved for you, please return it at the site that sent you."
        ),
    ]
    context: dict[str, object] = {"title": _("You have already taken part"), "paragraphs": paragraphs}
    if own_device or earlier.public_id in session_participations(request.session):
        access_grant(request, earlier)
        context |= {
            "action_url": reverse("study:end", args=[earlier.public_id]),
            "action_label": _("Show your code and what you are paid"),
        }
    else:
        paragraphs.append(
            _("Your code is where you finished: open the link of that time again, or write to %(contact)s.")
            % {"contact": study.contact}
        )
    return render(request, "study/message.html", context)


def welcome(request: HttpRequest, participation: Participation, *, role: str, device: str) -> HttpResponse:
    """Let this browser into the participation and send it to where that stands."""
    access_grant(request, participation)
    if role in Role.values and not participation.role:
        invited = request.session.get(ROLE_KEY, {})
        request.session[ROLE_KEY] = invited | {participation.public_id: role}
    response = redirect("journey", participation.public_id)
    device_remember(request, response, device)
    return response


def message(request: HttpRequest, title: str, text: str, *, status: int = 200) -> HttpResponse:
    """Return a page that says one thing."""
    return render(request, "study/message.html", {"title": title, "paragraphs": [text]}, status=status)
