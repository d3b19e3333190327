"""Agents: make a version, see how each does, switch it, and try it in a private chat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from modeling.agent_forms import AgentForm, initial_of
from modeling.errors import ModelingError
from modeling.models import Agent, AgentPreview, AgentTurn
from modeling.selectors import agent_health
from modeling.services.agents import agent_create, agent_switch
from modeling.services.previews import preview_clear, preview_say
from study.staff import page_context, staff_page

TURNS = 30
"""The newest turns that a page shows."""


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def agent_index(request: HttpRequest) -> HttpResponse:
    """Show every agent with how it does, and make one."""
    source = Agent.objects.filter(public_id=request.GET.get("from", "")).first()
    form = AgentForm(request.POST or None, initial=initial_of(source) if source else None)
    if request.method == "POST" and form.is_valid():
        try:
            agent = _create(form, by=request.user.get_username())
        except ModelingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(agent)s is made. Try it below.") % {"agent": agent})
            return redirect("agents:agent", agent.public_id)
    context = page_context(request, section="agents") | {
        "form": form,
        "health": agent_health(),
        "source": source,
    }
    return render(request, "modeling/agents.html", context)


def _create(form: AgentForm, *, by: str) -> Agent:
    said = form.cleaned_data
    is_checkpoint = said["kind"] == Agent.Kind.CHECKPOINT
    return agent_create(
        name=said["name"],
        kind=said["kind"],
        by=by,
        checkpoint=said["checkpoint"] if is_checkpoint else None,
        variant=said["variant"] if is_checkpoint else "",
        config=form.document(),
    )


@staff_page
@require_safe
def agent_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one agent: what it is, how it does, and the try-out."""
    agent = _agent(public_id)
    context = page_context(request, section="agents") | {
        "agent": agent,
        "config": agent.settled,
        "health": next(h for h in agent_health() if h.agent.pk == agent.pk),
        "turns": AgentTurn.objects.filter(agent=agent).order_by("-pk")[:TURNS],
        "preview": _preview(agent, request),
    }
    return render(request, "modeling/agent.html", context)


@staff_page
@require_POST
def agent_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Switch an agent on or off, or let it be the partner of practice."""
    agent = _agent(public_id)
    flags = {name: request.POST[name] == "on" for name in ("enabled", "practice") if name in request.POST}
    agent_switch(agent, **flags)
    messages.success(request, _("Saved."))
    return redirect("agents:agent", public_id)


@staff_page
@require_POST
def preview_send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say something in the try-out, or clear it."""
    agent, by = _agent(public_id), request.user.get_username()
    if "clear" in request.POST:
        preview_clear(agent, by=by)
    else:
        try:
            preview_say(agent, by=by, text=request.POST.get("text", ""))
        except ModelingError as error:
            messages.error(request, str(error))
    response = redirect("agents:agent", public_id)
    response["Location"] += "#try"
    return response


@staff_page
@require_safe
def preview_status(request: HttpRequest, public_id: str) -> JsonResponse:
    """Return the try-out for the page that waits for an answer."""
    preview = _preview(_agent(public_id), request)
    if preview is None:
        return JsonResponse({"state": "open", "messages": [], "error": ""})
    return JsonResponse({"state": preview.state, "messages": preview.messages, "error": preview.error})


def _preview(agent: Agent, request: HttpRequest) -> AgentPreview | None:
    return AgentPreview.objects.filter(agent=agent, by=request.user.get_username()).first()


def _agent(public_id: str) -> Agent:
    agent: Any = Agent.objects.select_related("checkpoint__run").filter(public_id=public_id).first()
    if agent is None:
        raise Http404
    return agent  # type: ignore[no-any-return]
