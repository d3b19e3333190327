"""Claiming, voting, skipping, flagging: every item gets its reviewers once each, whatever people do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from qualitycontrol.domain.strategy_review import Mode
from qualitycontrol.models import (
    ReviewAssignment,
    ReviewerParticipant,
    ReviewItem,
    ReviewStep,
    ReviewVote,
)
from qualitycontrol.review_queue import items_claimable, last_vote
from qualitycontrol.selectors import conversations_under_review
from qualitycontrol.services import review_claims
from qualitycontrol.services.review_claims import (
    NothingToReview,
    item_claim,
    item_flag,
    item_skip,
    skipped_return,
)
from qualitycontrol.services.review_items import (
    ReviewClosed,
    ReviewForbidden,
    ReviewWithdrawn,
    StrategyNotOffered,
)
from qualitycontrol.services.review_votes import (
    LeaseLost,
    UndoTooLate,
    VoteDiffers,
    vote_give,
    vote_undo,
)
from study.clock import database_now
from tests.qualitycontrol.review_rows import make_items, make_reviewer, take_part, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_reviewer("ann")


@pytest.fixture
def ben() -> User:
    return make_reviewer("ben")


def state(item: ReviewItem) -> str:
    item.refresh_from_db()
    return item.state


def expire(*items: ReviewItem) -> None:
    """Let every lease on the items run out."""
    ReviewAssignment.objects.filter(item__in=items).update(leased_until=database_now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        (["question"] * 5, "settled"),
        (["others"] * 3 + ["question"] * 2, "settled"),
        (["others", "information", "others", "others", "question"], "adjudication"),
    ],
)
def test_the_last_of_five_votes_moves_the_item_on(votes: list[str], expected: str) -> None:
    (item,) = make_items()
    for label in votes[:-1]:
        vote(make_reviewer(), label)
        assert state(item) == "open"
    vote(make_reviewer(), votes[-1])
    assert state(item) == expected
    step = ReviewStep.objects.get()
    assert (step.before, step.after) == ("open", expected)
    assert step.reason.endswith("of 5 chose another strategy")
    with pytest.raises(NothingToReview):
        item_claim(make_reviewer().pk)


def test_a_reviewer_meets_every_item_once(ann: User) -> None:
    items = make_items(3)
    for item in items:
        vote(ann, "question", item=item)
    with pytest.raises(NothingToReview):
        item_claim(ann.pk)
    assert ReviewVote.objects.count() == 3


def test_looking_again_shows_the_same_item_and_the_next_one_beside_it(ann: User) -> None:
    first, second = make_items(2)
    assert item_claim(ann.pk).item == first
    assert item_claim(ann.pk).item == first
    assert item_claim(ann.pk, besides=first.pk).item == second
    assert item_claim(ann.pk).item == first
    assert ReviewAssignment.objects.count() == 2


def test_no_more_reviewers_than_wanted_hold_an_item(ann: User, ben: User) -> None:
    (item,) = make_items(reviewers=1)
    item_claim(ann.pk)
    with pytest.raises(NothingToReview):
        item_claim(ben.pk)
    expire(item)
    assert item_claim(ben.pk).item == item


def test_a_late_vote_counts_only_while_there_is_room(ann: User, ben: User) -> None:
    (item,) = make_items(reviewers=1)
    item_claim(ann.pk)
    expire(item)
    item_claim(ben.pk)
    with pytest.raises(LeaseLost):
        vote_give(item.pk, user_id=ann.pk, label="question", client_uid="a")
    expire(item)
    vote_give(item.pk, user_id=ann.pk, label="question", client_uid="a")
    with pytest.raises(ReviewClosed):
        vote_give(item.pk, user_id=ben.pk, label="question", client_uid="b")
    assert (state(item), ReviewVote.objects.count()) == ("settled", 1)


def test_the_same_vote_twice_is_one_and_another_is_refused(ann: User) -> None:
    (item,) = make_items()
    item_claim(ann.pk)
    once = vote_give(item.pk, user_id=ann.pk, label="others", client_uid="a", note=" why ")
    assert vote_give(item.pk, user_id=ann.pk, label="others", client_uid="a") == once
    assert vote_give(item.pk, user_id=ann.pk, label="others", client_uid="from another tab") == once
    with pytest.raises(VoteDiffers):
        vote_give(item.pk, user_id=ann.pk, label="question", client_uid="a")
    assert [(v.label, v.note) for v in ReviewVote.objects.all()] == [("others", "why")]


def test_the_last_vote_sent_again_after_the_item_moved_on_is_the_same_vote(ann: User) -> None:
    (item,) = make_items(reviewers=1)
    once = vote(ann, "question")
    assert state(item) == "settled"
    assert vote_give(item.pk, user_id=ann.pk, label="question", client_uid=once.client_uid) == once


def test_a_vote_can_be_taken_back_for_a_while(ann: User) -> None:
    (item,) = make_items()
    given = vote(ann, "others")
    assert last_vote(ann.pk, now=database_now()) == given
    vote_undo(item.pk, user_id=ann.pk)
    vote_undo(item.pk, user_id=ann.pk)
    assert last_vote(ann.pk, now=database_now()) is None
    vote(ann, "question", item=item)
    votes = [(row.label, row.undone_at is None) for row in ReviewVote.objects.order_by("pk")]
    assert votes == [("others", False), ("question", True)]
    ReviewVote.objects.update(at=database_now() - timedelta(hours=1))
    with pytest.raises(UndoTooLate):
        vote_undo(item.pk, user_id=ann.pk)


def test_the_vote_that_moved_the_item_on_stands(ann: User) -> None:
    (item,) = make_items(reviewers=1)
    vote(ann, "question")
    with pytest.raises(UndoTooLate):
        vote_undo(item.pk, user_id=ann.pk)


def test_skipping_passes_on_and_can_be_taken_up_again(ann: User, ben: User) -> None:
    first, second = make_items(2, reviewers=1)
    item_claim(ann.pk)
    item_skip(first.pk, user_id=ann.pk)
    assert item_claim(ann.pk).item == second
    assert item_claim(ben.pk).item == first
    item_skip(first.pk, user_id=ben.pk)
    vote(ann, "question", item=second)
    assert skipped_return(ann.pk) == 1
    assert item_claim(ann.pk).item == first


def test_a_flag_asks_for_a_decision_at_once(ann: User, ben: User) -> None:
    (item,) = make_items()
    with pytest.raises(ReviewForbidden):
        item_flag(item.pk, user_id=ann.pk, reason="not mine")
    item_claim(ann.pk)
    item_claim(ben.pk)
    item_flag(item.pk, user_id=ann.pk, reason=" A name stands in it. ")
    item_flag(item.pk, user_id=ben.pk, reason="Me too.")
    assert [(s.event, s.by, s.reason) for s in ReviewStep.objects.all()] == [
        ("flag", "ann", "A name stands in it.")
    ]
    with pytest.raises(ReviewClosed):
        vote_give(item.pk, user_id=ben.pk, label="question", client_uid="b")


def test_nobody_gets_a_conversation_of_their_own(ann: User, ben: User) -> None:
    (item,) = make_items()
    participant = take_part(item.conversation)
    ReviewerParticipant.objects.create(reviewer=ann, participant=participant)
    assert not items_claimable(ann.pk, now=database_now()).exists()
    with pytest.raises(NothingToReview):
        item_claim(ann.pk)
    assert item_claim(ben.pk).item == item
    # Who is recognised as a participant only after taking the item cannot vote on it.
    ReviewerParticipant.objects.create(reviewer=ben, participant=participant)
    with pytest.raises(ReviewForbidden):
        vote_give(item.pk, user_id=ben.pk, label="question", client_uid="b")


@pytest.mark.parametrize("how", ["group", "staff", "active"])
def test_a_right_lost_half_way_ends_the_review_at_once(ann: User, ben: User, how: str) -> None:
    (item,) = make_items(reviewers=1)
    item_claim(ann.pk)
    if how == "group":
        ann.groups.clear()
    else:
        User.objects.filter(pk=ann.pk).update(**{f"is_{how}": False})
    for move in (
        lambda: vote_give(item.pk, user_id=ann.pk, label="question", client_uid="a"),
        lambda: item_claim(ann.pk),
        lambda: item_skip(item.pk, user_id=ann.pk),
        lambda: item_flag(item.pk, user_id=ann.pk, reason=""),
        lambda: vote_undo(item.pk, user_id=ann.pk),
        lambda: skipped_return(ann.pk),
    ):
        with pytest.raises(ReviewForbidden):
            move()
    expire(item)
    assert item_claim(ben.pk).item == item, "what was in hand comes back to the others"


def test_a_withdrawn_conversation_is_dropped(ann: User, ben: User) -> None:
    first, second = make_items(2)
    item_claim(ann.pk)
    participant = take_part(first.conversation, role="seeker")
    participant.withdrawn_at = database_now()
    participant.save()
    with pytest.raises(NothingToReview):
        item_claim(ben.pk)
    with pytest.raises(NothingToReview):
        item_claim(ann.pk)
    with pytest.raises(ReviewWithdrawn):
        vote_give(first.pk, user_id=ann.pk, label="question", client_uid="a")
    assert (state(first), state(second)) == ("dropped", "open")
    assert not ReviewVote.objects.exists()
    with pytest.raises(ReviewWithdrawn):
        item_skip(first.pk, user_id=ann.pk)
    assert ReviewStep.objects.count() == 1, "it is dropped once"


def test_a_strategy_that_does_not_exist_is_refused(ann: User) -> None:
    (item,) = make_items()
    item_claim(ann.pk)
    with pytest.raises(StrategyNotOffered):
        vote_give(item.pk, user_id=ann.pk, label="hypnosis", client_uid="a")


def test_who_never_had_the_item_cannot_vote_on_it(ann: User) -> None:
    (item,) = make_items(mode=Mode.BLIND)
    with pytest.raises(ReviewForbidden):
        vote_give(item.pk, user_id=ann.pk, label="question", client_uid="a")


def test_gold_goes_to_everybody_and_holds_nothing_up(
    ann: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (item,) = make_items(reviewers=1, gold="others")
    monkeypatch.setattr(review_claims, "gold_is_due", lambda *_a, **_k: False)
    with pytest.raises(NothingToReview):
        item_claim(ann.pk)
    monkeypatch.setattr(review_claims, "gold_is_due", lambda *_a, **_k: True)
    vote(ann, "question", item=item)
    vote(ben, "others", item=item)
    assert state(item) == "open"
    assert conversations_under_review() == set()


def test_open_items_hold_the_conversation(ann: User) -> None:
    items = make_items(2, reviewers=1)
    assert conversations_under_review() == {items[0].conversation_id}
    vote(ann, "question")
    assert conversations_under_review() == {items[0].conversation_id}
    vote(ann, "question")
    assert conversations_under_review() == set()
