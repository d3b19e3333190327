"""The researchers' list of conversations: filters, keyset pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet

from collection.api import Conversation
from qualitycontrol.models import Assessment

PAGE_SIZE = 50
COUNT_LIMIT = 10_000
"""An exact count above this tells nobody more, and would have to read every row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in the list."""

    conversation: Conversation
    assessment: Assessment | None
    state: str
    outcome: str
    """State and end reason in words."""
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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Public ids of what stands next to a conversation in a list; None at its ends."""

    newer: str | None
    older: str | None


def conversation_page(
    query: QuerySet[Conversation],
    *,
    names: Mapping[str, Mapping[str, str]],
    older_than: int | None = None,
    newer_than: int | None = None,
) -> Page:
    """Return one page of the conversations that `query` keeps (see `ConversationFilter`).

    `names`: key to published label of "problem" and of "emotion".
    Pages begin at an id, not at an offset: what arrives meanwhile neither repeats nor hides a row.
    """
    query = _with_what_a_row_shows(query)
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
        rows=[_row(conversation, names) for conversation in found],
        older_than=found[-1].pk if found and more_older else None,
        newer_than=found[0].pk if found and more_newer else None,
    )


def conversation_count(query: QuerySet[Conversation]) -> int:
    """Return how many conversations `query` keeps, counting no further than `COUNT_LIMIT` + 1."""
    return query.order_by()[: COUNT_LIMIT + 1].count()


def conversation_neighbours(query: QuerySet[Conversation], conversation: Conversation) -> Neighbours:
    """Return what comes before and after a conversation in the list that `query` keeps, newest first."""
    ids = query.values_list("public_id", flat=True)
    return Neighbours(
        newer=ids.filter(pk__gt=conversation.pk).order_by("pk").first(),
        older=ids.filter(pk__lt=conversation.pk).order_by("-pk").first(),
    )


def _with_what_a_row_shows(query: QuerySet[Conversation]) -> QuerySet[Conversation]:
    current = Assessment.objects.filter(
        superseded_at=None, protocol_version=F("conversation__protocol_version")
    )
    return (
        query.select_related("study", "pre_chat_survey", "seeker_survey")
        # Of the surveys a row shows labels and scores; what people wrote stays where it is.
        .defer("pre_chat_survey__situation", "seeker_survey__liked", "seeker_survey__improve")
        .prefetch_related(Prefetch("assessments", queryset=current, to_attr="current_assessments"), "flags")
    )


def _row(conversation: Conversation, names: Mapping[str, Mapping[str, str]]) -> Row:
    before = getattr(conversation, "pre_chat_survey", None)
    after = getattr(conversation, "seeker_survey", None)
    assessments: list[Assessment] = getattr(conversation, "current_assessments", [])
    assessment = assessments[0] if assessments else None
    return Row(
        conversation=conversation,
        assessment=assessment,
        state=conversation.state.replace("_", " "),
        outcome=conversation.end_reason.replace("_", " "),
        reasons=", ".join(assessment.reasons).replace("_", " ") if assessment else "",
        problem=names["problem"].get(before.problem, before.problem) if before else "",
        emotion=names["emotion"].get(before.emotion, before.emotion) if before else "",
        intensity=f"{before.intensity_before if before else '?'} → {(after and after.intensity_after) or '?'}",
    )
