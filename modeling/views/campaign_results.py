"""What a campaign found: Table 5, its plot, by problem and feeling, strategies by progress; and all of it as files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from modeling.campaign_selectors import (
    agents_of,
    answers_of,
    campaign_get,
    pairs_answered,
    progress_of,
    questions_of,
    records_of,
)
from modeling.models import Campaign
from modeling.selectors import release_list
from study.staff import page_context, staff_page

# The libraries of numbers and figures are imported where they are used: they take seconds that no other page
# should wait for.


def _campaign(slug: str) -> Campaign:
    campaign = campaign_get(slug)
    if campaign is None:
        raise Http404
    return campaign


def _results(campaign: Campaign) -> Any:
    from modeling.domain.campaign_results import results_of

    names = tuple(questions_of(campaign).values())
    return results_of(answers_of(campaign), agents=agents_of(campaign), questions=names)


@staff_page
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything that the completed pairs say."""
    campaign = _campaign(slug)
    found = _results(campaign)
    context = page_context(request, section="comparisons") | {
        "campaign": campaign,
        "results": found,
        "progress": progress_of(campaign),
        "tab": "results",
        "comparisons": [_shown(c, number) for number, c in enumerate(found.comparisons)],
        "strategies": _strategies(campaign, request.GET.get("release", "")),
        "releases": release_list(),
        "command": "python -m modeling compare answers.csv --json results.json",
    }
    return render(request, "modeling/comparisons/results.html", context)


def _shown(comparison: Any, number: int) -> dict[str, Any]:
    groups = {"problem": comparison.by_problem, "emotion": comparison.by_emotion}
    return {
        "number": number,
        "comparison": comparison,
        "rows": comparison.table.items(),
        "groups": [
            {"name": name, "value": value, "rows": table.items()}
            for name, tables in groups.items()
            for value, table in tables.items()
        ],
    }


def _strategies(campaign: Campaign, release_key: str) -> dict[str, Any]:
    """Return each partner's use of strategies and its distance from the corpus's (Fig. 5)."""
    from modeling.domain.strategy_distance import strategy_distance

    own = _own_strategies(campaign)
    releases = release_list()
    chosen = next((r for r in releases if r.key == release_key), releases[0] if releases else None)
    corpus = _corpus_strategies(str(chosen.data), chosen.sha256) if chosen else None
    rows = [
        {
            "agent": name,
            "messages": sum(point["n"] for point in document["progress"]),
            "distance": strategy_distance(document, corpus) if corpus else None,
        }
        for name, document in own.items()
    ]
    return {"rows": rows, "chosen": chosen, "any": any(row["messages"] for row in rows)}


def _own_strategies(campaign: Campaign) -> dict[str, Any]:
    from corpus.strategies import compute_strategies

    return {arm.label: compute_strategies(records_of(campaign, arm_id=arm.pk)) for arm in campaign.arms.all()}


# Reading a whole corpus takes seconds; its digest says when it would give the same again.
@lru_cache(maxsize=4)
def _corpus_strategies(path: str, sha256: str) -> dict[str, Any]:
    from corpus.esconv import read_esconv
    from corpus.strategies import compute_strategies

    return dict(compute_strategies(read_esconv(Path(path))))


@staff_page
@require_safe
def intervals(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draw the shares of wins of one comparison."""
    from modeling.reports.preferences import intervals_svg

    found = _results(_campaign(slug)).comparisons
    if number >= len(found):
        raise Http404
    one = found[number]
    return HttpResponse(
        intervals_svg(f"{one.one} against {one.other}", one.table), content_type="image/svg+xml"
    )


@staff_page
@require_safe
def progress_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the strategies by progress, each partner's beside the corpus's (Fig. 5)."""
    from corpus.figures import progress_figure, save

    campaign = _campaign(slug)
    panels = {name: doc for name, doc in _own_strategies(campaign).items() if _said(doc)}
    key = request.GET.get("release", "")
    releases = release_list()
    chosen = next((r for r in releases if r.key == key), releases[0] if releases else None)
    if chosen is not None:
        panels[chosen.name] = _corpus_strategies(str(chosen.data), chosen.sha256)
    if not panels:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        paths = save(progress_figure(panels), Path(folder), "progress")
        svg = next(path for path in paths if path.suffix == ".svg").read_bytes()
    return HttpResponse(svg, content_type="image/svg+xml")


def _said(document: dict[str, Any]) -> bool:
    return any(point["n"] for point in document["progress"])


@staff_page
@require_safe
def download(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Send the answers as CSV, everything as JSON, or the table for LaTeX."""
    from modeling.reports.preferences import answers_csv, as_latex

    campaign = _campaign(slug)
    names = tuple(questions_of(campaign).values())
    if kind == "answers.csv":
        chosen = [a for a in answers_of(campaign) if _between(request, campaign, {a.first, a.second})]
        text, content_type = answers_csv(chosen, agents=agents_of(campaign)), "text/csv"
    elif kind == "table.tex":
        text, content_type = as_latex(_results(campaign).comparisons, questions=names), "application/x-tex"
    elif kind != "results.json":
        raise Http404
    else:
        text, content_type = json.dumps(_document(campaign), indent=2) + "\n", "application/json"
    return HttpResponse(
        text,
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-{kind}"'},
    )


def _between(request: HttpRequest, campaign: Campaign, agents: set[str]) -> bool:
    """Return whether an answer belongs to the comparison that was asked for; to any where none was."""
    labels = agents_of(campaign)
    asked = [request.GET[key] for key in ("one", "other") if request.GET.get(key) in labels]
    return len(asked) < 2 or set(asked) == agents


def _document(campaign: Campaign) -> dict[str, Any]:
    from modeling.reports.preferences import answers_csv

    progress = progress_of(campaign)
    protocol = campaign.study.protocol_version
    answers = answers_csv(answers_of(campaign), agents=agents_of(campaign))
    return {
        "campaign": campaign.study.slug,
        "protocol": {"name": protocol.name, "version": protocol.version, "sha256": protocol.sha256},
        "agents": agents_of(campaign),
        "quota": campaign.quota,
        "block_size": campaign.block_size,
        "seed": campaign.seed,
        "answers_sha256": hashlib.sha256(answers.encode()).hexdigest(),
        "completed_pairs": progress.answered,
        "orders": progress.orders,
        "not_completed": [
            {"state": state, "stopped_at": stopped, "pairs": count}
            for (state, stopped), count in progress.stopped.items()
        ],
        **_results(campaign).document(),
    }


@staff_page
@require_safe
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """List the completed pairs, to choose a case from (Fig. 7)."""
    campaign = _campaign(slug)
    names = questions_of(campaign)
    rows = [
        {
            "pair": pair,
            "answers": {names[a.question]: a.choice for a in pair.answers.all()},
            "url": reverse("comparisons:case", args=[slug, pair.pk]),
        }
        for pair in pairs_answered(campaign).prefetch_related("answers")
    ]
    context = page_context(request, section="comparisons") | {
        "campaign": campaign,
        "questions": list(names.values()),
        "rows": rows,
        "tab": "cases",
    }
    return render(request, "modeling/comparisons/cases.html", context)
