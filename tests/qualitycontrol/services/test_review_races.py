"""Many reviewers at one barrier, on a real PostgreSQL: no item is lost, doubled or given to too many."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from qualitycontrol.models import ReviewAssignment, ReviewItem, ReviewStep, ReviewVote
from qualitycontrol.services.review_claims import NothingToReview, item_claim
from qualitycontrol.services.review_votes import VoteDiffers, vote_give
from tests.qualitycontrol.review_rows import make_items, make_reviewer
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def work(user_id: int) -> list[int]:
    """Claim and vote until nothing is left; return the items."""
    done = []
    while True:
        try:
            item_id = item_claim(user_id).item_id
        except NothingToReview:
            return done
        vote_give(item_id, user_id=user_id, label="question", client_uid=f"{user_id}-{item_id}")
        done.append(item_id)


def test_ten_reviewers_share_a_hundred_items_without_a_double_claim() -> None:
    items = make_items(100, reviewers=1)
    reviewers = [make_reviewer().pk for _ in range(10)]
    results = at_once([partial(work, pk) for pk in reviewers])
    assert all(isinstance(result, list) for result in results), results
    claimed = Counter(pk for result in results if isinstance(result, list) for pk in result)
    assert claimed == Counter(item.pk for item in items), "each once, by one reviewer"
    assert ReviewAssignment.objects.count() == ReviewVote.objects.count() == 100
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {"settled"}


def test_ten_reviewers_give_every_item_its_five_votes() -> None:
    items = make_items(12, reviewers=5)
    results = at_once([partial(work, make_reviewer().pk) for _ in range(10)])
    assert all(isinstance(result, list) for result in results), results
    votes = Counter(ReviewVote.objects.values_list("item", flat=True))
    assert votes == {item.pk: 5 for item in items}
    assert ReviewStep.objects.count() == len(items)


def test_the_same_vote_sent_ten_times_at_once_is_stored_once() -> None:
    (item,) = make_items()
    user_id = make_reviewer().pk
    item_claim(user_id)
    labels = ["question"] * 5 + ["others"] * 5
    results = at_once(
        [partial(vote_give, item.pk, user_id=user_id, label=label, client_uid="one") for label in labels]
    )
    (stored,) = ReviewVote.objects.all()
    for label, result in zip(labels, results, strict=True):
        if label == stored.label:
            assert result == stored
        else:
            assert isinstance(result, VoteDiffers)
