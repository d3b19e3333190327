"""Two conversations of one participant side by side, on a page and as files (Fig. 7)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collection.api import Conversation, conversation_record
from modeling.campaign_selectors import campaign_get, pairs_answered, questions_of, survey_of
from modeling.models import Campaign, Pair
from study.staff import page_context, staff_page

CONTENT_TYPES = {"case.html": "text/html", "case.txt": "text/plain"}


@staff_page
@require_safe
def case(request: HttpRequest, slug: str, pair_id: int) -> HttpResponse:
    """Show a completed pair's conversations with what was chosen."""
    campaign, pair = _pair(slug, pair_id)
    context = page_context(request, section="comparisons") | case_of(campaign, pair) | {"tab": "cases"}
    return render(request, "modeling/comparisons/case.html", context)


@staff_page
@require_safe
def case_download(request: HttpRequest, slug: str, pair_id: int, kind: str) -> HttpResponse:
    """Send a case as a page of its own or as text, where the participant agreed to its being shown."""
    campaign, pair = _pair(slug, pair_id)
    context = case_of(campaign, pair)
    if not context["public"] or kind not in CONTENT_TYPES:
        raise Http404
    html = kind == "case.html"
    return HttpResponse(
        render_to_string("modeling/comparisons/case_file.html", context) if html else case_text(context),
        content_type=f"{CONTENT_TYPES[kind]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-{pair.place + 1}-{kind}"'},
    )


def _pair(slug: str, pair_id: int) -> tuple[Campaign, Pair]:
    campaign = campaign_get(slug)
    pair = pairs_answered(campaign).filter(pk=pair_id).first() if campaign is not None else None
    if campaign is None or pair is None:
        raise Http404
    return campaign, pair


def case_of(campaign: Campaign, pair: Pair) -> dict[str, Any]:
    """Return what a case's page and files show."""
    names = questions_of(campaign)
    chats = (
        (pair.first.label, pair.first_conversation),
        (pair.second.label, pair.second_conversation),
    )
    labels = {"first": pair.first.label, "second": pair.second.label, "same": ""}
    consent = pair.participation.consent
    return {
        "campaign": campaign,
        "pair": pair,
        "public": consent is not None and consent.public_release,
        "survey": survey_of(pair),
        "chats": [{"name": name, "lines": _lines(conversation)} for name, conversation in chats],
        "answers": [
            {"question": names[answer.question], "chosen": labels[answer.choice]}
            for answer in pair.answers.all()
        ],
    }


def _lines(conversation: Conversation | None) -> list[dict[str, Any]]:
    if conversation is None:
        return []
    return [
        {"role": u.speaker.value, "text": u.text, "strategy": u.strategy or "", "feedback": u.feedback}
        for u in conversation_record(conversation).utterances
    ]


def case_text(case: dict[str, Any]) -> str:
    """Return a case as plain text: the situation, both conversations one after the other, and the answers."""
    lines = [case["survey"]["situation"]]
    for chat in case["chats"]:
        lines += ["", f"== {chat['name']} ==", ""]
        for line in chat["lines"]:
            who = _("Seeker") if line["role"] == "seeker" else chat["name"]
            strategy = f" [{line['strategy']}]" if line["strategy"] else ""
            lines.append(f"{who}{strategy}: {line['text']}")
    same = _("about the same")
    lines += ["", *(f"{answer['question']}: {answer['chosen'] or same}" for answer in case["answers"])]
    return "\n".join(lines) + "\n"
