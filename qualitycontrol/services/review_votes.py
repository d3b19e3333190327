"""Take a reviewer's vote, and take it back shortly after."""

from __future__ import annotations

from datetime import datetime

from qualitycontrol.domain.review_lifecycle import ReviewEvent, ReviewState
from qualitycontrol.domain.strategy_review import LONGEST_NOTE, needs_adjudication
from qualitycontrol.models import ReviewAssignment, ReviewItem, ReviewVote
from qualitycontrol.review_queue import Assigned, places_taken, took_part, undo_open
from qualitycontrol.rights import may_review
from qualitycontrol.services.review_claims import lease_set
from qualitycontrol.services.review_items import (
    ReviewClosed,
    ReviewConflict,
    ReviewForbidden,
    StrategyNotOffered,
    item_advance,
    item_locked,
)
from study.clock import database_now


class LeaseLost(ReviewConflict):
    """The time was over, and others have the item now."""

    code = "lease_lost"
    message = "Your time for this item was over and others took it; nothing was stored."


class VoteDiffers(ReviewConflict):
    """The reviewer said something else before."""

    code = "vote_differs"
    message = "You have voted differently on this item before; your first vote stands."


class UndoTooLate(ReviewConflict):
    """The vote counts by now."""

    code = "undo_too_late"
    message = "This vote cannot be taken back any more."


def vote_give(item_id: int, *, user_id: int, label: str, client_uid: str, note: str = "") -> ReviewVote:
    """Store a reviewer's vote; with the last one that is needed the item is settled or goes to adjudication.

    The same vote sent again changes nothing. A lease that ran out is honoured as long as a place is free.

    Raises:
        ReviewForbidden: the account may not review (any more), never had the item, or took part.
        ReviewWithdrawn: a participant withdrew meanwhile.
        StrategyNotOffered: the protocol has no such strategy.
        VoteDiffers: this reviewer has said something else of this item.
        ReviewClosed: the item is settled or with an adjudicator.
        LeaseLost: the lease ran out and others took the place.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    with item_locked(item_id) as item:
        if (earlier := _earlier(item, user_id, client_uid)) is not None:
            if earlier.label != label:
                raise VoteDiffers
            return earlier
        protocol = item.conversation.protocol_version.protocol
        if label not in protocol.strategies_by_key:
            raise StrategyNotOffered
        if item.state != ReviewState.OPEN:
            raise ReviewClosed
        now = database_now()
        assignment = _assignment(item, user_id, now=now)
        vote = ReviewVote.objects.create(
            item=item,
            reviewer_id=user_id,
            label=label,
            note=note.strip()[:LONGEST_NOTE],
            client_uid=client_uid,
            seconds=(now - assignment.leased_at).total_seconds(),
            at=now,
        )
        assignment.state = Assigned.VOTED
        assignment.save(update_fields=["state"])
        _settle(item)
    return vote


def _earlier(item: ReviewItem, user_id: int, client_uid: str) -> ReviewVote | None:
    """Return what this reviewer said of the item before; a vote that was taken back counts when it is sent again."""
    votes = ReviewVote.objects.filter(item=item, reviewer=user_id)
    return votes.filter(undone_at=None).first() or votes.filter(client_uid=client_uid).first()


def _assignment(item: ReviewItem, user_id: int, *, now: datetime) -> ReviewAssignment:
    own = ReviewAssignment.objects.filter(item=item, reviewer=user_id).first()
    if own is None or took_part(user_id, item.conversation_id):
        raise ReviewForbidden
    if own.state == Assigned.LEASED and own.leased_until > now:
        return own
    if not item.is_gold and places_taken(item.pk, now=now, besides=user_id) >= item.reviewers:
        raise LeaseLost
    return own


def _settle(item: ReviewItem) -> None:
    """Move the item on once the last vote is in. Should be called while holding the item's lock."""
    if item.is_gold:
        return
    votes = list(ReviewVote.objects.filter(item=item, undone_at=None).values_list("label", flat=True))
    if len(votes) < item.reviewers:
        return
    above = item.conversation.protocol_version.protocol.quality.review.adjudicate_above_share
    disagree = needs_adjudication(votes, label=item.label, above_share=above)
    differing = sum(vote != item.label for vote in votes)
    item_advance(
        item,
        ReviewEvent.DISAGREE if disagree else ReviewEvent.AGREE,
        reason=f"{differing} of {len(votes)} chose another strategy",
    )


def vote_undo(item_id: int, *, user_id: int) -> ReviewAssignment:
    """Take a vote back shortly after it was given; the item is in the reviewer's hands again. Twice is once.

    Raises:
        ReviewForbidden: the account may not review (any more), or has no vote on the item.
        UndoTooLate: the item moved on by the vote, or the protocol's `lease_seconds` have passed.
        ReviewWithdrawn: a participant withdrew.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    with item_locked(item_id) as item:
        own = ReviewAssignment.objects.filter(item=item, reviewer=user_id).first()
        if own is None:
            raise ReviewForbidden
        vote = (
            ReviewVote.objects.filter(item=item, reviewer=user_id, undone_at=None)
            .select_related("item__conversation__protocol_version")
            .defer("item__conversation__protocol_version__document")
            .first()
        )
        if vote is None:
            return own
        now = database_now()
        if not undo_open(vote, now=now):
            raise UndoTooLate
        vote.undone_at = now
        vote.save(update_fields=["undone_at"])
        seconds = item.conversation.protocol_version.protocol.quality.review.lease_seconds
        return lease_set(own, now=now, seconds=seconds)
