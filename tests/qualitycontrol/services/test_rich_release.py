"""The rich file of a release: votes, outcomes, criteria and flags, under names that hold in it alone."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from collection.api import Conversation, Utterance
from corpus.esconv import read_esconv
from corpus.jsonl import read_jsonl
from corpus.record import Survey
from qualitycontrol.domain.intensity import Action as IntensityAction
from qualitycontrol.domain.strategy_review import Action
from qualitycontrol.models import Assessment, ConversationFlag, ReviewItem
from qualitycontrol.rights import ADJUDICATORS
from qualitycontrol.services import releases
from qualitycontrol.services.adjudication import adjudicate
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.intensity import intensity_decide
from qualitycontrol.services.releases import release_make
from study.clock import database_now
from tests.qualitycontrol.collected import take_part
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.reading import make_reader
from tests.qualitycontrol.review_rows import make_items, make_reviewer, vote
from tests.qualitycontrol.rows import make_conversations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a test's own transaction its isolation cannot be set any more."""
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)


def decided(count: int, *labels: str) -> list[ReviewItem]:
    items = make_items(count, reviewers=2)
    for label in labels:
        user = make_reviewer()
        for item in items:
            vote(user, label, item=item)
    return items


def test_votes_outcomes_criteria_and_flags_are_in_the_rich_file(tmp_path: Path) -> None:
    first, second = decided(2, "others", "information")
    judge = make_reviewer(groups=(ADJUDICATORS,))
    adjudicate(first.pk, user=judge, action=Action.CHANGE, new="others", reason="It is a greeting.")
    adjudicate(second.pk, user=judge, action=Action.AMBIGUOUS, reason="Both fit.")
    ConversationFlag.objects.create(
        conversation=first.conversation,
        name="duplicate_opening",
        explanation=f"like {first.conversation.public_id}",
        ordinals=[1],
        found_at=database_now(),
    )
    release_make("rich", folder=tmp_path / "out")
    (record,) = read_jsonl(tmp_path / "out/conversations.jsonl")
    changed, doubtful, untouched = (record.utterances[at] for at in (1, 3, 5))
    assert (changed.strategy, changed.original_strategy) == ("Others", "Question")
    assert (changed.review, changed.votes) == ("change", ("Others", "Information"))
    assert (doubtful.strategy, doubtful.review, doubtful.votes) == (
        "Question",
        "ambiguous",
        ("Others", "Information"),
    )
    assert (untouched.review, untouched.votes) == (None, ())
    assert record.flags == {"duplicate_opening": (0,)}
    assert record.criteria["empathy"] == {"value": 3, "threshold": 3, "met": True}
    assert first.conversation.public_id not in (tmp_path / "out/conversations.jsonl").read_text()
    (published,) = read_esconv(tmp_path / "out/esconv.json")
    assert published.utterances[1].strategy == "Others"


def test_what_the_reviewers_agree_with_says_so_and_gold_says_nothing(tmp_path: Path) -> None:
    (item,) = decided(1, "question", "question")
    gold = Utterance.objects.get(conversation=item.conversation, ordinal=4)
    ReviewItem.objects.create(
        conversation=item.conversation,
        utterance=gold,
        entry="gold",
        mode="blind",
        label="question",
        gold_label="question",
        reviewers=2,
        place=9,
        entered_at=database_now(),
    )
    release_make("rich", folder=tmp_path / "out")
    (record,) = read_jsonl(tmp_path / "out/conversations.jsonl")
    assert record.utterances[1].review == "agreed"
    assert record.utterances[1].votes == ("Question", "Question")
    assert (record.utterances[3].review, record.utterances[3].votes) == (None, ())


def test_a_reviewed_intensity_says_what_came_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = make_conversations(make_record(survey=Survey(4, 5, 4, 5, 3)))
    assert assessment_make(row.pk).state == "intensity_queried"
    monkeypatch.setattr("qualitycontrol.domain.intensity.needs_second", lambda _key, share: False)
    assessment = Assessment.objects.get()
    intensity_decide(
        assessment.pk, user=make_reader(), action=IntensityAction.REVERSE, reason="They felt better."
    )
    release_make("rich", folder=tmp_path / "out")
    (record,) = read_jsonl(tmp_path / "out/conversations.jsonl")
    survey = record.survey
    assert (survey.intensity_after, survey.original_intensity_after, survey.intensity_review) == (
        1,
        5,
        "reverse",
    )


def test_names_are_numbered_as_they_come_and_one_person_has_one(tmp_path: Path) -> None:
    rows = make_conversations(*[make_record()] * 3)
    for row in rows:
        assessment_make(row.pk)
    take_part(rows[2])
    take_part(rows[0])
    seat = Conversation.objects.get(pk=rows[0].pk).seats.get(role="seeker")
    rows[1].seats.filter(role="seeker").update(participation=seat.participation)
    release_make("names", folder=tmp_path / "out")
    records = read_jsonl(tmp_path / "out/conversations.jsonl")
    assert [(r.id, r.seeker_id, r.supporter_id) for r in records] == [
        ("c00001", "p00001", None),
        ("c00002", "p00001", None),
        ("c00003", "p00002", None),
    ]
