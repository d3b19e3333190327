"""Reads of the strategy review: what a reviewer may take, has, and has done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from collection.api import Conversation, Seat
from qualitycontrol.domain.review_lifecycle import ReviewState
from qualitycontrol.domain.strategy_review import Entry
from qualitycontrol.models import ReviewAssignment, ReviewerParticipant, ReviewItem, ReviewVote

Assigned = ReviewAssignment.State


def in_hands(now: datetime) -> Q:
    """Return what holds one of an item's places: a vote, or a lease that has not run out."""
    return Q(state=Assigned.VOTED) | Q(state=Assigned.LEASED, leased_until__gt=now)


def places_taken(item_id: int, *, now: datetime, besides: int) -> int:
    """Return how many reviewers other than `besides` have an item or voted on it."""
    others = ReviewAssignment.objects.filter(in_hands(now), item=item_id)
    return others.exclude(reviewer=besides).count()


def conversation_withdrawn(conversation_id: int | OuterRef) -> QuerySet[Seat]:
    """Return the seats of a conversation whose participants withdrew."""
    return Seat.objects.filter(
        conversation=conversation_id,
        participation__participant__withdrawn_at__isnull=False,
    )


def seats_of(user_id: int, conversation_id: int | OuterRef) -> QuerySet[Seat]:
    """Return the seats of a conversation that a reviewer sat in, as a participant."""
    participants = ReviewerParticipant.objects.filter(reviewer=user_id).values("participant")
    return Seat.objects.filter(
        conversation=conversation_id,
        participation__participant__in=participants,
    )


def took_part(user_id: int, conversation_id: int) -> bool:
    """Return whether a reviewer took part in a conversation."""
    return seats_of(user_id, conversation_id).exists()


def items_claimable(user_id: int, *, now: datetime) -> QuerySet[ReviewItem]:
    """Return the open items that this reviewer may take now, gold ones included, in the queue's order.

    Not those the reviewer has, skipped or voted on, nor any of a conversation that the reviewer took part in or that
    somebody withdrew from, nor those that enough reviewers have.
    """
    here = ReviewAssignment.objects.filter(item=OuterRef("pk"))
    done = here.filter(reviewer=user_id).exclude(state=Assigned.LEASED, leased_until__lte=now)
    taken = here.filter(in_hands(now)).order_by().values("item").annotate(n=Count("pk")).values("n")
    return (
        ReviewItem.objects.filter(
            ~Exists(done),
            ~Exists(seats_of(user_id, OuterRef("conversation"))),
            ~Exists(conversation_withdrawn(OuterRef("conversation"))),
            state=ReviewState.OPEN,
        )
        .annotate(taken=Coalesce(Subquery(taken), 0))
        .filter(Q(entry=Entry.GOLD) | Q(taken__lt=F("reviewers")))
        .order_by("place", "pk")
    )


def leases(user_id: int, *, now: datetime) -> QuerySet[ReviewAssignment]:
    """Return what the reviewer has in hand, the longest held first."""
    return (
        ReviewAssignment.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("item__conversation"))),
            reviewer=user_id,
            state=Assigned.LEASED,
            leased_until__gt=now,
            item__state=ReviewState.OPEN,
        )
        .select_related("item__conversation__protocol_version", "item__utterance")
        .defer("item__conversation__protocol_version__document")
        .order_by("leased_at", "pk")
    )


def last_vote(user_id: int, *, now: datetime) -> ReviewVote | None:
    """Return the reviewer's last vote while it may still be taken back; see `undo_open`."""
    vote = (
        ReviewVote.objects.filter(reviewer=user_id, undone_at=None)
        .select_related("item__conversation__protocol_version")
        .defer("item__conversation__protocol_version__document")
        .order_by("-at", "-pk")
        .first()
    )
    return vote if vote is not None and undo_open(vote, now=now) else None


def undo_open(vote: ReviewVote, *, now: datetime) -> bool:
    """Return whether a vote may be taken back: the item is still open, and a lease's time has not passed."""
    seconds = vote.item.conversation.protocol_version.protocol.quality.review.lease_seconds
    return vote.item.state == ReviewState.OPEN and now <= vote.at + timedelta(seconds=seconds)


def items_for_adjudication() -> QuerySet[ReviewItem]:
    """Return what one person has to decide, the oldest first."""
    return (
        ReviewItem.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("conversation"))), state=ReviewState.ADJUDICATION
        )
        .select_related("conversation__protocol_version", "utterance")
        .defer("conversation__protocol_version__document")
        .order_by("entered_at", "place")
    )


def similar_items(item: ReviewItem, *, besides: int, limit: int) -> list[ReviewItem]:
    """Return other items with the same author's label that reviewers took for the same strategy, decided ones first.

    Without those of conversations that somebody withdrew from or that the adjudicator `besides` took part in.
    """
    votes = ReviewVote.objects.filter(undone_at=None)
    others = votes.filter(item=item).exclude(label=item.label).values("label").annotate(n=Count("pk"))
    taken_for = others.order_by("-n", "label").values_list("label", flat=True).first()
    same = (
        ReviewItem.objects.filter(
            ~Exists(conversation_withdrawn(OuterRef("conversation"))),
            ~Exists(seats_of(besides, OuterRef("conversation"))),
            label=item.label,
            state__in=[ReviewState.SETTLED, ReviewState.ADJUDICATION],
        )
        .exclude(pk=item.pk)
        .exclude(entry=Entry.GOLD)
    )
    if taken_for is not None:
        same = same.filter(Exists(votes.filter(item=OuterRef("pk"), label=taken_for)))
    return list(
        same.select_related("conversation__protocol_version", "utterance", "decision")
        .defer("conversation__protocol_version__document")
        .order_by(F("decision__at").desc(nulls_last=True), "place")[:limit]
    )


def conversations_pending() -> QuerySet[Conversation]:
    """Return the conversations with an item that is not settled; gold items hold nothing up."""
    pending = ReviewItem.objects.filter(state__in=[ReviewState.OPEN, ReviewState.ADJUDICATION])
    return Conversation.objects.filter(pk__in=pending.exclude(entry=Entry.GOLD).values("conversation"))
