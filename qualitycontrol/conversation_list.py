"""The researchers' list of conversations: filters, keyset pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from collection.api import Conversation
from qualitycontrol.models import Assessment
from study.models import ProtocolVersion

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in the list."""

    conversation: Conversation
    assessment: Assessment | None
    reasons: str
    """The verdict's reasons in words."""
    problem: str
    emotion: str
    intensity: str
    """Before and after, as in "4 → 2"; "?" where unanswered."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first. The ids are where the neighbouring pages begin; None where there is none."""

    rows: list[Row]
    older_than: int | None
    newer_than: int | None


def labels_in_use(name: str) -> dict[str, set[str]]:
    """Return the published labels of "problem" or "emotion" in use, each with its stored spellings.

    A collected conversation stores the protocol's key, an imported one the label as published.
    """
    names = label_names(name)
    stored = Conversation.objects.exclude(pre_chat_survey=None).values_list(
        f"pre_chat_survey__{name}", flat=True
    )
    found: dict[str, set[str]] = defaultdict(set)
    for value in stored.order_by().distinct():
        found[names.get(value, value)].add(value)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def label_names(name: str) -> dict[str, str]:
    """Return key to published label of "problem" or "emotion", over all stored protocols."""
    return {
        option.key: option.corpus_label
        for version in ProtocolVersion.objects.all()
        for option in getattr(version.protocol, f"{name}s")
    }


def conversation_page(
    chosen: Mapping[str, str], *, older_than: int | None = None, newer_than: int | None = None
) -> Page:
    """Return the page of conversations that fit `chosen` (see `ConversationFilter`).

    Pages begin at an id, not at an offset: what arrives meanwhile neither repeats nor hides a row.
    """
    query = _filtered(chosen)
    if newer_than is not None:
        found = list(query.filter(pk__gt=newer_than).order_by("pk")[: PAGE_SIZE + 1])
        more_newer, more_older = len(found) > PAGE_SIZE, True
        found = found[:PAGE_SIZE][::-1]
    else:
        if older_than is not None:
            query = query.filter(pk__lt=older_than)
        found = list(query.order_by("-pk")[: PAGE_SIZE + 1])
        more_newer, more_older = older_than is not None, len(found) > PAGE_SIZE
        found = found[:PAGE_SIZE]
    return Page(
        rows=_rows(found),
        older_than=found[-1].pk if found and more_older else None,
        newer_than=found[0].pk if found and more_newer else None,
    )


def _filtered(chosen: Mapping[str, str]) -> QuerySet[Conversation]:
    query: QuerySet[Conversation] = Conversation.objects.select_related(
        "study", "pre_chat_survey", "seeker_survey"
    ).prefetch_related(
        Prefetch(
            "assessments",
            queryset=Assessment.objects.filter(
                superseded_at=None, protocol_version=F("conversation__protocol_version")
            ),
            to_attr="current_assessments",
        ),
        "flags",
    )
    if "q" in chosen:
        query = query.filter(public_id__startswith=chosen["q"])
    for name in ("state", "origin"):
        if name in chosen:
            query = query.filter(**{name: chosen[name]})
    for name in ("problem", "emotion"):
        if name in chosen:
            spellings = labels_in_use(name).get(chosen[name], set())
            query = query.filter(**{f"pre_chat_survey__{name}__in": spellings})
    if "flag" in chosen:
        query = query.filter(flags__name=chosen["flag"])
    if "verdict" in chosen:
        query = _with_verdict(query, chosen["verdict"])
    return query


def _with_verdict(query: QuerySet[Conversation], verdict: str) -> QuerySet[Conversation]:
    current = Assessment.objects.filter(
        conversation=OuterRef("pk"), protocol_version=OuterRef("protocol_version"), superseded_at=None
    )
    if verdict == "none":
        return query.filter(~Exists(current))
    return query.filter(Exists(current.filter(state=verdict)))


def _rows(conversations: list[Conversation]) -> list[Row]:
    names = {name: label_names(name) for name in ("problem", "emotion")} if conversations else {}
    return [_row(conversation, names) for conversation in conversations]


def _row(conversation: Conversation, names: Mapping[str, Mapping[str, str]]) -> Row:
    before = getattr(conversation, "pre_chat_survey", None)
    after = getattr(conversation, "seeker_survey", None)
    assessments: list[Assessment] = getattr(conversation, "current_assessments", [])
    assessment = assessments[0] if assessments else None
    return Row(
        conversation=conversation,
        assessment=assessment,
        reasons=", ".join(assessment.reasons).replace("_", " ") if assessment else "",
        problem=names["problem"].get(before.problem, before.problem) if before else "",
        emotion=names["emotion"].get(before.emotion, before.emotion) if before else "",
        intensity=f"{before.intensity_before if before else '?'} → {(after and after.intensity_after) or '?'}",
    )
