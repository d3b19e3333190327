"""What enters the review's queue, and that it enters once."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collection.api import Conversation
from qualitycontrol.domain.strategy_review import Entry
from qualitycontrol.models import Assessment, ConversationFlag, ReviewItem
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.review_fill import GoldInvalid, review_fill
from study.clock import database_now
from study.models import Study
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.review_rows import make_qualified, make_reviewer, take_part
from tests.qualitycontrol.rows import make_conversations, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return make_study()


def test_a_share_of_the_approved_conversations_enters_once(study: Study) -> None:
    make_qualified(20, study=study)
    (refused,) = make_conversations(make_record(seeker_words=5), study=study)
    assessment_make(refused.pk)
    entered = review_fill(study, seed=7)
    drawn = set(ReviewItem.objects.values_list("conversation__public_id", "utterance__ordinal"))
    assert 0 < entered[Entry.SAMPLED] == len(drawn) < 80  # of 160
    assert not ReviewItem.objects.filter(conversation=refused).exists()
    assert review_fill(study, seed=7).total() == 0
    item = ReviewItem.objects.select_related("utterance__seat").first()
    assert item is not None
    assert (item.label, item.reviewers, item.state, item.utterance.seat.role) == (
        "question",
        5,
        "open",
        "supporter",
    )


def test_what_is_flagged_enters(study: Study) -> None:
    (row,) = make_qualified(study=study)
    ConversationFlag.objects.create(
        conversation=row, name="pasted_text", explanation="", ordinals=[1, 4], found_at=database_now()
    )
    assert review_fill(study, seed=1)[Entry.FLAGGED] == 1, "message 1 is the seeker's"
    assert ReviewItem.objects.get(entry="flagged").utterance.ordinal == 4


def test_known_labels_enter_as_gold_and_the_same_file_may_come_again(study: Study) -> None:
    (row,) = make_qualified(study=study)
    gold = {(row.public_id, 2): "others"}
    assert review_fill(study, seed=1, gold=gold)[Entry.GOLD] == 1
    item = ReviewItem.objects.get(entry="gold")
    assert (item.mode, item.gold_label, item.label) == ("blind", "others", "question")
    assert review_fill(study, seed=1, gold=gold).total() == 0


@pytest.mark.parametrize(("ordinal", "label"), [(1, "others"), (99, "others"), (2, "hypnosis")])
def test_gold_that_fits_nothing_lets_nothing_enter(study: Study, ordinal: int, label: str) -> None:
    (row,) = make_qualified(study=study)
    with pytest.raises(GoldInvalid):
        review_fill(study, seed=1, gold={(row.public_id, ordinal): label})
    assert not ReviewItem.objects.exists()


def test_the_withdrawn_the_released_and_practice_stay_out(study: Study) -> None:
    withdrawn, released, practice = make_qualified(3, study=study)
    participant = take_part(withdrawn)
    participant.withdrawn_at = database_now()
    participant.save()
    Assessment.objects.filter(conversation=released).update(state="released")
    Conversation.objects.filter(pk=practice.pk).update(origin="practice")
    for row in (withdrawn, released, practice):
        ConversationFlag.objects.create(
            conversation=row, name="pasted_text", explanation="", ordinals=[2], found_at=database_now()
        )
    assert review_fill(study, seed=1).total() == 0


def test_the_command_says_what_entered(study: Study, tmp_path: Path) -> None:
    (row,) = make_qualified(study=study)
    file = tmp_path / "gold.csv"
    file.write_text(f"conversation,ordinal,strategy\n{row.public_id},2,others\n")
    out = StringIO()
    call_command("review_fill", "study", "--seed", "1", "--gold", str(file), stdout=out)
    sampled = ReviewItem.objects.filter(entry="sampled").count()
    assert out.getvalue() == f"sampled: {sampled}\nflagged: 0\ngold: 1\n"


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("conversation,strategy\n", "missing ordinal"),
        ("conversation,ordinal,strategy\nx,two,others\n", "line 2: expected a message's number"),
        ("conversation,ordinal,strategy\nx,2,\n", "line 2: the conversation or the strategy is empty"),
        ("conversation,ordinal,strategy\nx,2,others\nx,2,question\n", "line 3: x 2 stood there before"),
        ("conversation,ordinal,strategy\nx,2,others\n", "cannot become gold items: x 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    study: Study, tmp_path: Path, content: str, because: str
) -> None:
    file = tmp_path / "gold.csv"
    file.write_text(content)
    with pytest.raises(CommandError, match=because):
        call_command("review_fill", study.slug, "--seed", "1", "--gold", str(file))


def test_an_unknown_study_or_file_is_told(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no study 'other'"):
        call_command("review_fill", "other", "--seed", "1")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("review_fill", study.slug, "--seed", "1", "--gold", str(tmp_path / "none.csv"))


def test_a_reviewer_is_added_with_the_participants_that_are_the_same_person(study: Study) -> None:
    (row,) = make_qualified(study=study)
    participant = take_part(row)
    make_reviewer("ann", groups=())
    out = StringIO()
    call_command("reviewer_add", "ann", "--adjudicator", "--participant", participant.public_id, stdout=out)
    assert out.getvalue() == "ann: adjudicators, reviewers\n"
    with pytest.raises(CommandError, match="no participant 'x'"):
        call_command("reviewer_add", "ann", "--participant", "x")
    with pytest.raises(CommandError, match="no account 'ben'"):
        call_command("reviewer_add", "ben")
