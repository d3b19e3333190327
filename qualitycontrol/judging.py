"""Reads of the judging: what is drawn, what waits for a judge, and what the judge sees of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from collection.api import Conversation, ConversationState
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.models import Judgement, JudgingItem, JudgingSample
from qualitycontrol.review_queue import conversation_withdrawn, seats_of
from qualitycontrol.selectors import assessments_current
from qualitycontrol.transcript import Line, transcript
from study.models import Study

NOT_JUDGED = (State.PENDING, State.FILTERED_OUT)
"""What the preliminary filter takes out never meets the approval rule."""


def conversations_to_draw(study: Study) -> QuerySet[Conversation]:
    """Return what a sample is drawn from: what the approval rule decides about."""
    passed = assessments_current().exclude(state__in=NOT_JUDGED).filter(conversation__study=study)
    return (
        Conversation.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("pk"))), state=ConversationState.CLOSED
        )
        .filter(pk__in=passed.values("conversation"))
        .exclude(origin=Conversation.Origin.PRACTICE)
    )


def items_for(sample: JudgingSample, user_id: int) -> QuerySet[JudgingItem]:
    """Return the items of a sample that this judge may judge, in order, judged or not."""
    return (
        JudgingItem.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("conversation"))),
            ~Exists(seats_of(user_id, OuterRef("conversation"))),
            sample=sample,
        )
        .select_related("conversation__protocol_version")
        .defer("conversation__protocol_version__document")
        .order_by("place")
    )


def judged_by(name: str) -> QuerySet[Judgement]:
    """Return what a judge said of the item's conversation."""
    return Judgement.objects.filter(conversation=OuterRef("conversation"), annotator=name)


def item_next(sample: JudgingSample, user_id: int, name: str) -> JudgingItem | None:
    """Return the first item that this judge has not judged."""
    return items_for(sample, user_id).filter(~Exists(judged_by(name))).first()


def item_before(
    item: JudgingItem | None, sample: JudgingSample, user_id: int, name: str
) -> JudgingItem | None:
    """Return the item that this judge judged last before `item`, or the last of all."""
    judged = items_for(sample, user_id).filter(Exists(judged_by(name)))
    if item is not None:
        judged = judged.filter(place__lt=item.place)
    return judged.order_by("place").last()


def progress(sample: JudgingSample, user_id: int, name: str) -> dict[str, int]:
    """Return how many items this judge may judge and has judged; nothing about other judges."""
    items = items_for(sample, user_id)
    return {"of": items.count(), "judged": items.filter(Exists(judged_by(name))).count()}


def bare_page(conversation: Conversation) -> dict[str, Any]:
    """Return what a judge reads: the situation and the messages.

    No score, strategy or time: the rule that is calibrated with the judgement is made of these.
    """
    before = getattr(conversation, "pre_chat_survey", None)
    return {
        "situation": before.situation if before else "",
        "lines": [_bare(line) for line in transcript(conversation)],
    }


def _bare(line: Line) -> Line:
    return replace(line, seconds=None, strategy="", original_strategy="", request=None, score="")
