"""A decision stands beside what the author chose, once, with a reason; the release follows it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from collection.api import StrategyRevision, Utterance, current_strategy
from corpus.esconv import read_esconv
from qualitycontrol.domain.strategy_review import Action
from qualitycontrol.models import (
    AuditEvent,
    ReviewDecision,
    ReviewerParticipant,
    ReviewItem,
    ReviewStep,
)
from qualitycontrol.rights import ADJUDICATORS
from qualitycontrol.services import releases
from qualitycontrol.services.adjudication import DecisionIncomplete, adjudicate
from qualitycontrol.services.releases import ReleaseRefused, release_make
from qualitycontrol.services.review_items import (
    ReviewClosed,
    ReviewConflict,
    ReviewForbidden,
    ReviewWithdrawn,
    StrategyNotOffered,
)
from study.clock import database_now
from tests.qualitycontrol.review_rows import make_items, make_reviewer, take_part, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_reviewer("ann", groups=(ADJUDICATORS,))


@pytest.fixture
def disputed() -> ReviewItem:
    (item,) = make_items(reviewers=1)
    vote(make_reviewer(), "others")
    item.refresh_from_db()
    assert item.state == "adjudication"
    return item


def test_a_change_is_a_revision_and_the_original_stays(disputed: ReviewItem, ann: User) -> None:
    adjudicate(disputed.pk, user=ann, action=Action.CHANGE, new="others", reason=" It is a greeting. ")
    utterance = Utterance.objects.get(pk=disputed.utterance_id)
    assert (utterance.strategy, current_strategy(utterance)) == ("question", "others")
    revision = StrategyRevision.objects.get()
    assert (revision.old, revision.new, revision.source, revision.by, revision.reason) == (
        "question",
        "others",
        "adjudication",
        "ann",
        "It is a greeting.",
    )
    disputed.refresh_from_db()
    assert disputed.state == "settled"
    last = ReviewStep.objects.last()
    assert last is not None
    assert (last.event, last.by, last.reason) == ("decide", "ann", "change: It is a greeting.")
    assert AuditEvent.objects.get().action == "strategy_adjudicated"


@pytest.mark.parametrize("action", [Action.KEEP, Action.AMBIGUOUS])
def test_what_is_not_changed_has_no_revision(disputed: ReviewItem, ann: User, action: Action) -> None:
    decision = adjudicate(disputed.pk, user=ann, action=action, reason="Read it.")
    assert (decision.label, decision.revision) == ("question", None)
    assert not StrategyRevision.objects.exists()


def test_the_same_decision_twice_is_one_and_another_is_refused(disputed: ReviewItem, ann: User) -> None:
    once = adjudicate(disputed.pk, user=ann, action=Action.CHANGE, new="others", reason="Read it.")
    again = adjudicate(disputed.pk, user=ann, action=Action.CHANGE, new="others", reason="Again.")
    assert again == once
    for how in ({"action": Action.KEEP}, {"action": Action.CHANGE, "new": "information"}):
        with pytest.raises(ReviewConflict, match="decided otherwise"):
            adjudicate(disputed.pk, user=ann, reason="Read it.", **how)  # type: ignore[arg-type]
    assert ReviewDecision.objects.count() == StrategyRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("how", "because"),
    [
        ({"reason": " "}, DecisionIncomplete),
        ({"new": "others"}, DecisionIncomplete),
        ({"action": Action.CHANGE}, DecisionIncomplete),
        ({"action": Action.CHANGE, "new": "question"}, DecisionIncomplete),
        ({"action": Action.CHANGE, "new": "hypnosis"}, StrategyNotOffered),
    ],
)
def test_an_incomplete_decision_stores_nothing(
    disputed: ReviewItem, ann: User, how: dict[str, Any], because: type[Exception]
) -> None:
    with pytest.raises(because):
        adjudicate(disputed.pk, user=ann, **{"action": Action.KEEP, "reason": "why"} | how)
    assert not ReviewDecision.objects.exists()


def test_only_what_is_disputed_is_decided(ann: User) -> None:
    (item,) = make_items()
    with pytest.raises(ReviewClosed):
        adjudicate(item.pk, user=ann, action=Action.KEEP, reason="Read it.")


def test_a_reviewer_an_outsider_and_a_participant_decide_nothing(disputed: ReviewItem, ann: User) -> None:
    with pytest.raises(ReviewForbidden):
        adjudicate(disputed.pk, user=make_reviewer(), action=Action.KEEP, reason="Read it.")
    ReviewerParticipant.objects.create(reviewer=ann, participant=take_part(disputed.conversation))
    with pytest.raises(ReviewForbidden):
        adjudicate(disputed.pk, user=ann, action=Action.KEEP, reason="Read it.")
    assert not ReviewDecision.objects.exists()


def test_a_withdrawn_conversation_is_not_decided(disputed: ReviewItem, ann: User) -> None:
    participant = take_part(disputed.conversation)
    participant.withdrawn_at = database_now()
    participant.save()
    with pytest.raises(ReviewWithdrawn):
        adjudicate(disputed.pk, user=ann, action=Action.KEEP, reason="Read it.")
    disputed.refresh_from_db()
    assert disputed.state == "dropped"


def test_a_release_waits_for_the_decision_and_then_carries_it(
    disputed: ReviewItem, ann: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)
    with pytest.raises(ReleaseRefused, match="1 under review"):
        release_make("first", folder=tmp_path / "out")
    adjudicate(disputed.pk, user=ann, action=Action.CHANGE, new="others", reason="Read it.")
    release_make("first", folder=tmp_path / "out")
    (record,) = read_esconv(tmp_path / "out" / "esconv.json")
    assert [u.strategy for u in record.utterances if u.strategy][:2] == ["Others", "Question"]


def test_a_review_that_begins_during_a_release_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)
    (item,) = make_items(reviewers=1)
    ReviewItem.objects.update(state="settled")
    written = releases.write_esconv

    def meanwhile(*arguments: Any) -> Any:
        ReviewItem.objects.filter(pk=item.pk).update(state="open")
        return written(*arguments)

    monkeypatch.setattr(releases, "write_esconv", meanwhile)
    with pytest.raises(ReleaseRefused, match="taken under review or read again meanwhile"):
        release_make("first", folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()
