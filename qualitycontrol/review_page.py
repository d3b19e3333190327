"""What the pages of the strategy review show of an item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

from qualitycontrol.domain.strategy_review import Mode
from qualitycontrol.models import ReviewAssignment, ReviewItem, ReviewVote
from qualitycontrol.review_queue import Assigned, items_claimable, last_vote, leases
from qualitycontrol.transcript import Line, transcript

CONTEXT = 6
"""Messages shown on each side of the one under review; the others are folded away, but there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy as it is offered."""

    number: int
    """The key that chooses it."""
    key: str
    name: str
    definition: str
    current: bool
    """Whether it is the author's, and may be seen."""


def context_lines(item: ReviewItem, *, hidden: bool) -> dict[str, Any]:
    """Return the transcript around an item's message; `hidden` takes the label of that message out."""
    lines = transcript(item.conversation)
    target = item.utterance.ordinal
    if hidden:
        lines = [_bare(line) if line.ordinal == target else line for line in lines]
    place = next(index for index, line in enumerate(lines) if line.ordinal == target)
    first, last = max(0, place - CONTEXT), place + CONTEXT + 1
    return {
        "before": lines[:first],
        "near": lines[first:last],
        "after": lines[last:],
        "target": target,
    }


def _bare(line: Line) -> Line:
    return replace(line, strategy="", original_strategy="")


def choices(item: ReviewItem, *, hidden: bool) -> list[Choice]:
    """Return the strategies in the protocol's order, numbered from 1."""
    strategies = item.conversation.protocol_version.protocol.strategies
    return [
        Choice(number, s.key, s.name, s.definition, current=s.key == item.label and not hidden)
        for number, s in enumerate(strategies, start=1)
    ]


def assignment_context(assignment: ReviewAssignment) -> dict[str, Any]:
    """Return what a reviewer sees of the item in hand."""
    item = assignment.item
    hidden = item.mode == Mode.BLIND
    return {
        "item": item,
        "verify": not hidden,
        "choices": choices(item, hidden=hidden),
        # A fresh one for each showing: the vote is stored once however often it is sent.
        "client_uid": uuid4().hex,
        **context_lines(item, hidden=hidden),
    }


def progress(user_id: int, *, now: datetime) -> dict[str, Any]:
    """Return how far a reviewer is: voted on in the last 24 hours, waiting, skipped, and the last vote."""
    votes = ReviewVote.objects.filter(reviewer=user_id, undone_at=None, at__gt=now - timedelta(days=1))
    seconds = list(votes.values_list("seconds", flat=True))
    skipped = ReviewAssignment.objects.filter(reviewer=user_id, state=Assigned.SKIPPED, item__state="open")
    last = last_vote(user_id, now=now)
    return {
        "done": len(seconds),
        "median_seconds": round(median(seconds), 1) if seconds else None,
        "waiting": items_claimable(user_id, now=now).count() + leases(user_id, now=now).count(),
        "skipped": skipped.count(),
        "undo_item": last.item_id if last else None,
    }


def vote_bars(item: ReviewItem) -> list[dict[str, Any]]:
    """Return the votes of an item by strategy, the most chosen first, with the notes."""
    votes = list(
        ReviewVote.objects.filter(item=item, undone_at=None).select_related("reviewer").order_by("pk")
    )
    strategy = item.conversation.protocol_version.protocol.strategy
    return [
        {
            "name": strategy(label).name,
            "count": count,
            "of": len(votes),
            "author": label == item.label,
            "notes": [vote.note for vote in votes if vote.label == label and vote.note],
        }
        for label, count in Counter(vote.label for vote in votes).most_common()
    ]
