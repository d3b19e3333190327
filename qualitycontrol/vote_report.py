"""What the agreement page shows of the strategy review's votes."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from qualitycontrol.domain.strategy_review import Mode
from qualitycontrol.domain.vote_agreement import (
    Vote,
    confusion,
    nominal_agreement,
    ratings,
    reviewer_rows,
)
from qualitycontrol.models import ReviewVote
from qualitycontrol.review_queue import conversation_withdrawn


def votes_by_mode() -> dict[Mode, list[Vote]]:
    """Return the votes that stand, apart by what the reviewer saw. Those about withdrawn conversations are left out."""
    rows = (
        ReviewVote.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("item__conversation"))), undone_at=None
        )
        .order_by("item_id", "pk")
        .values_list(
            "item__mode",
            "item_id",
            "reviewer__username",
            "label",
            "item__label",
            "item__gold_label",
            "seconds",
        )
    )
    found: dict[Mode, list[Vote]] = {mode: [] for mode in Mode}
    for mode, item, reviewer, label, author, gold, seconds in rows:
        found[Mode(mode)].append(Vote(item, reviewer, label, author, gold, seconds))
    return found


def vote_report() -> dict[str, Any]:
    """Return agreement for each mode, the confusion with the authors and the reviewers' table; empty without votes.

    The modes are apart, because a label that is shown draws votes to itself. Gold items count for reviewers only.
    """
    modes = votes_by_mode()
    everything = [vote for votes in modes.values() for vote in votes]
    if not everything:
        return {}
    plain = [vote for vote in everything if not vote.gold]
    labels = sorted({name for vote in plain for name in (vote.label, vote.author)})
    return {
        "modes": [
            (mode.value, nominal_agreement(ratings([vote for vote in votes if not vote.gold])))
            for mode, votes in modes.items()
            if any(not vote.gold for vote in votes)
        ],
        "labels": [_words(label) for label in labels],
        "confusion": [
            (_words(label), row) for label, row in zip(labels, confusion(plain, labels), strict=True)
        ],
        "reviewers": reviewer_rows(everything),
    }


def _words(key: str) -> str:
    return key.replace("_", " ").capitalize()
