"""What every step of the strategy review shares: the right, the lock, the journal, and what a withdrawal does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from qualitycontrol.domain.review_lifecycle import ReviewEvent, ReviewState, advance
from qualitycontrol.models import ReviewItem, ReviewStep
from qualitycontrol.review_queue import conversation_withdrawn
from study.clock import database_now
from study.domain.errors import ApplicationError


class ReviewForbidden(ApplicationError):
    """The account has no right to do this (any more)."""

    code = "review_forbidden"
    message = "You may not do this (any more); nothing was stored."


class ReviewConflict(ApplicationError):
    """Something else happened to the item first."""

    code = "review_conflict"


class ReviewClosed(ReviewConflict):
    """The item is not open for this any more."""

    code = "review_closed"
    message = "This item is settled already; nothing was stored."


class ReviewWithdrawn(ReviewClosed):
    """A participant of the conversation withdrew."""

    code = "review_withdrawn"
    message = "A participant withdrew; nothing was stored, and the item is closed."


class StrategyNotOffered(ApplicationError):
    """The protocol has no such strategy."""

    code = "strategy_not_offered"
    message = "Please choose one of the strategies."


@contextmanager
def item_locked(item_id: int) -> Iterator[ReviewItem]:
    """Hold a SELECT FOR UPDATE lock on an item for the length of a transaction.

    An item of a conversation that somebody withdrew from is dropped, and stays so: this is stored before the error.

    Raises:
        ReviewItem.DoesNotExist: there is no such item.
        ReviewWithdrawn: a participant withdrew.
    """
    with transaction.atomic():
        item = (
            ReviewItem.objects.select_for_update(no_key=True, of=("self",))
            .select_related("conversation__protocol_version")
            # A protocol is a long document and parsed once.
            .defer("conversation__protocol_version__document")
            .get(pk=item_id)
        )
        if withdrawn := conversation_withdrawn(item.conversation_id).exists():
            if item.state in {ReviewState.OPEN, ReviewState.ADJUDICATION}:
                item_advance(item, ReviewEvent.DROP, reason="withdrawn")
        else:
            yield item
    if withdrawn:
        raise ReviewWithdrawn


def item_advance(item: ReviewItem, event: ReviewEvent, *, by: str = "", reason: str = "") -> None:
    """Take one step of the lifecycle and write it into the journal.

    Should be called while holding a SELECT FOR UPDATE lock on the item.

    Raises:
        IllegalReviewStep: the step does not exist.
    """
    before = ReviewState(item.state)
    item.state = advance(before, event)
    item.save(update_fields=["state"])
    ReviewStep.objects.create(
        item=item, at=database_now(), event=event, before=before, after=item.state, by=by, reason=reason
    )
