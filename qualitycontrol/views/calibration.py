"""The calibration explorer: judgements in, agreement out, and a rule made the approval rule."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qualitycontrol.access import page_context, staff_page
from qualitycontrol.calibration_explorer import explore, material, parse_steps
from qualitycontrol.domain.calibration import FACTORS, Rule, rule_of
from qualitycontrol.domain.judgements import JudgementsInvalid
from qualitycontrol.rule_changes import rule_changes
from qualitycontrol.services.calibration import RuleRefused, approval_rule_set, judgements_store
from study.models import ProtocolVersion
from study.protocol_files import DEFAULT

LARGEST_FILE_BYTES = 1_000_000
TITLES = {
    "improvement": gettext_lazy("Improvement"),
    "supporter_mean_length": gettext_lazy("Supporter's words"),
    "empathy": gettext_lazy("Empathy"),
    "relevance": gettext_lazy("Relevance"),
    "detail": gettext_lazy("Detail"),
    "seeker_mean_length": gettext_lazy("Seeker's words"),
}
"""Short names of the thresholds: Table 7 has many columns."""


@staff_page
@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show how the rules of a grid agree with the annotators."""
    version = _version(request.GET.get("protocol"))
    context = page_context(request, section="calibration") | {"version": version}
    if version is None:
        return render(request, "research/calibration.html", context)
    base, given = (
        rule_of(version.protocol.quality.approval),
        {name: request.GET.get(name, "") for name in FACTORS},
    )
    try:
        steps = parse_steps(base, given)
    except ValueError as error:
        messages.error(request, _("These steps cannot be used: %(why)s.") % {"why": error})
        steps = parse_steps(base, {})
    found = material(version)
    shown = [
        (name, title(name), ", ".join("-" if s is None else f"{s:g}" for s in steps[name]))
        for name in FACTORS
    ]
    context |= {
        "fields": shown,
        "annotators": list(found.judgements),
        "titles": [title(name) for name in FACTORS],
    }
    if found.judgements:
        context["result"] = explore(version, steps, found)
    return render(request, "research/calibration.html", context)


def title(factor: str) -> str:
    """Return a threshold's name in words."""
    return str(TITLES[factor])


def _version(given: str | None) -> ProtocolVersion | None:
    versions = ProtocolVersion.objects.all()
    if given and given.isascii() and given.isdigit() and len(given) < 19:
        return versions.filter(pk=int(given)).first()
    return versions.filter(name=DEFAULT).order_by("-version").first()


@staff_page
@require_POST
def judgements(request: HttpRequest) -> HttpResponse:
    """Take a CSV file of judgements."""
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > LARGEST_FILE_BYTES:
        messages.error(request, _("Please choose a CSV file of at most one megabyte."))
        return redirect("research:calibration")
    try:
        count = judgements_store(upload.read().decode("utf-8-sig").splitlines())
    except UnicodeDecodeError:
        messages.error(request, _("The file is not UTF-8 text."))
    except JudgementsInvalid as error:
        messages.error(request, _("Nothing was stored. %(why)s") % {"why": error})
    else:
        messages.success(request, _("%(count)s judgements are stored.") % {"count": count})
    return redirect("research:calibration")


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Show what a rule would change and, on confirmation, make it the rule of a new protocol version."""
    source: Any = request.POST if request.method == "POST" else request.GET
    version = _version(source.get("protocol"))
    try:
        chosen = Rule(**{name: _threshold(name, source.get(name, "")) for name in FACTORS})  # type: ignore[arg-type]
    except ValueError:
        version = None
    if version is None:
        messages.error(request, _("This is no rule."))
        return redirect("research:calibration")
    if request.method == "POST":
        try:
            stored = approval_rule_set(version, rule=chosen)
        except RuleRefused as error:
            messages.error(request, str(error))
            return redirect("research:calibration")
        messages.success(
            request, _("%(version)s is stored. No study uses it until you choose it.") % {"version": stored}
        )
        return redirect("research:calibration")
    context = page_context(request, section="calibration") | {
        "version": version,
        "rule": [(name, title(name), value) for name, value in chosen.document().items()],
        "changes": rule_changes(version, chosen),
    }
    return render(request, "research/calibration_rule.html", context)


def _threshold(name: str, text: str) -> float | None:
    if name == "detail" and text in {"", "-"}:
        return None
    value = float(text)
    if not -100 <= value <= 1000:
        raise ValueError(text)
    return value
