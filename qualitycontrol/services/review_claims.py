"""Give a reviewer the next item, and take it back. A lease that runs out returns by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from qualitycontrol.domain.review_lifecycle import ReviewEvent, ReviewState
from qualitycontrol.domain.strategy_review import Entry, gold_is_due
from qualitycontrol.models import ReviewAssignment, ReviewItem
from qualitycontrol.review_queue import Assigned, items_claimable, leases, places_taken
from qualitycontrol.rights import may_review
from qualitycontrol.services.review_fill import rule_of
from qualitycontrol.services.review_items import ReviewClosed, ReviewForbidden, item_advance, item_locked
from study.clock import database_now


class NothingToReview(ReviewClosed):
    """There is no item for this reviewer now."""

    code = "nothing_to_review"
    message = "Nothing waits for you."


def item_claim(user_id: int, *, besides: int | None = None) -> ReviewAssignment:
    """Return the item in the reviewer's hands, or give the next one for the protocol's `lease_seconds`.

    `besides` is an item that the reviewer is looking at: the one after it is wanted.

    Raises:
        ReviewForbidden: the account may not review.
        NothingToReview: no item is left for this reviewer now.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    held = leases(user_id, now=database_now()).exclude(item=besides).first()
    if held is not None:
        return held
    for queue in _queues(user_id):
        # Rows that others are claiming are passed over, and waited for only when nothing else is left.
        for skip_locked in (True, False):
            if claimed := _claim(queue, user_id, skip_locked=skip_locked):
                return claimed
    raise NothingToReview


def _queues(user_id: int) -> list[QuerySet[ReviewItem]]:
    """Return where to look for an item: a gold one first when one is due, else none."""
    claimable = items_claimable(user_id, now=database_now())
    gold = claimable.filter(entry=Entry.GOLD)
    queues = [claimable.exclude(entry=Entry.GOLD)]
    if (
        first := gold.select_related("conversation__protocol_version")
        .defer("conversation__protocol_version__document")
        .first()
    ) is not None:
        taken = ReviewAssignment.objects.filter(reviewer=user_id).count()
        rule = rule_of(first.conversation.protocol_version.protocol.quality.review)
        if gold_is_due(user_id, taken=taken, rule=rule):
            queues.insert(0, gold)
    return queues


def _claim(queue: QuerySet[ReviewItem], user_id: int, *, skip_locked: bool) -> ReviewAssignment | None:
    passed: list[int] = []
    while True:
        with transaction.atomic():
            item = (
                queue.exclude(pk__in=passed)
                .select_related("conversation__protocol_version", "utterance")
                .defer("conversation__protocol_version__document")
                .select_for_update(skip_locked=skip_locked, no_key=True, of=("self",))
                .first()
            )
            if item is None:
                return None
            if (claimed := _lease(item, user_id)) is not None:
                return claimed
        passed.append(item.pk)


def _lease(item: ReviewItem, user_id: int) -> ReviewAssignment | None:
    """Take a place of an item, or return None when the last one went to somebody else.

    Should be called while holding a SELECT FOR UPDATE lock on the item. The queue was read before the lock was had,
    so everything is compared again.
    """
    now = database_now()
    if item.state != ReviewState.OPEN:
        return None
    if not item.is_gold and places_taken(item.pk, now=now, besides=user_id) >= item.reviewers:
        return None
    seconds = item.conversation.protocol_version.protocol.quality.review.lease_seconds
    own = ReviewAssignment.objects.filter(item=item, reviewer=user_id).first()
    if own is None:
        own = ReviewAssignment(item=item, reviewer_id=user_id)
    elif own.state != Assigned.LEASED or own.leased_until > now:
        return None
    return lease_set(own, now=now, seconds=seconds)


def lease_set(assignment: ReviewAssignment, *, now: datetime, seconds: int) -> ReviewAssignment:
    """Put an item into a reviewer's hands from now on. Should be called while holding the item's lock."""
    assignment.state = Assigned.LEASED
    assignment.leased_at = now
    assignment.leased_until = now + timedelta(seconds=seconds)
    assignment.save()
    return assignment


def item_skip(item_id: int, *, user_id: int) -> None:
    """Pass an item on to others; skipping what is not in one's hands changes nothing.

    Raises:
        ReviewForbidden: the account may not review.
        ReviewWithdrawn: a participant withdrew.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    with item_locked(item_id):
        own = ReviewAssignment.objects.filter(item=item_id, reviewer=user_id, state=Assigned.LEASED)
        own.update(state=Assigned.SKIPPED)


def skipped_return(user_id: int) -> int:
    """Let the reviewer meet the skipped items again; return how many there are.

    Raises:
        ReviewForbidden: the account may not review.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    skipped = ReviewAssignment.objects.filter(
        reviewer=user_id, state=Assigned.SKIPPED, item__state=ReviewState.OPEN
    )
    # A lease that has run out: the queue gives it out again.
    return skipped.update(state=Assigned.LEASED, leased_until=database_now())


def item_flag(item_id: int, *, user_id: int, reason: str) -> None:
    """Send an item to adjudication at once, because something is wrong with it; twice is once.

    Raises:
        ReviewForbidden: the account may not review, or never had the item.
        ReviewClosed: it is settled already.
        ReviewWithdrawn: a participant withdrew.
    """
    if not may_review(user_id):
        raise ReviewForbidden
    with item_locked(item_id) as item:
        own = ReviewAssignment.objects.filter(item=item, reviewer=user_id).select_related("reviewer").first()
        if own is None:
            raise ReviewForbidden
        if item.state == ReviewState.ADJUDICATION:
            return
        if item.state != ReviewState.OPEN:
            raise ReviewClosed
        if item.is_gold:
            # The answer is known, so there is nothing to decide: the reviewer does not meet it again.
            own.state = Assigned.SKIPPED
            own.save(update_fields=["state"])
            return
        item_advance(item, ReviewEvent.FLAG, by=own.reviewer.get_username(), reason=reason.strip())
