"""The assessment follows the reviewers; the seeker's own answer is never changed."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from collection.api import Conversation, Seat
from collection.models import SeekerSurvey
from corpus.esconv import read_esconv
from corpus.record import Survey
from qualitycontrol.domain.intensity import Action
from qualitycontrol.models import Assessment, AssessmentEvent, AuditEvent, IntensityDecision
from qualitycontrol.selectors import intensity_queue
from qualitycontrol.services import intensity, releases
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.intensity import IntensityRefused, intensity_decide, survey_revised
from study.models import Participant, Participation
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_staff("ann")


@pytest.fixture
def ben() -> User:
    return make_staff("ben")


@pytest.fixture
def queried() -> Assessment:
    """An assessment from intensity 4 to 5."""
    (row,) = make_conversations(make_record(survey=Survey(4, 5, 5, 5, 5)))
    assessment = assessment_make(row.pk)
    assert assessment.state == "intensity_queried"
    return assessment


@pytest.fixture(params=[1], ids=["one reviewer"], autouse=True)
def reviewers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many reviewers have to agree; the draw itself is the domain's."""
    monkeypatch.setattr(intensity.intensity, "needs_second", lambda _key, *, share: request.param == 2)


two_reviewers = pytest.mark.parametrize("reviewers", [2], indirect=True, ids=["two reviewers"])


def state(assessment: Assessment) -> str:
    assessment.refresh_from_db()
    return assessment.state


@pytest.mark.parametrize(
    ("action", "value", "expected"),
    [
        (Action.REVERSE, None, "qualified"),
        (Action.SET, 3, "qualified"),
        (Action.SET, 4, "unqualified"),
        (Action.KEEP, None, "unqualified"),
        (Action.EXCLUDE, None, "unqualified"),
    ],
)
def test_the_assessment_follows_the_decision(
    queried: Assessment, ann: User, action: Action, value: int | None, expected: str
) -> None:
    intensity_decide(queried.pk, user=ann, action=action, reason="The texts say so.", value=value)
    assert state(queried) == expected
    step = AssessmentEvent.objects.filter(assessment=queried).last()
    assert step is not None
    assert (step.before, step.by, step.reason) == ("intensity_queried", "ann", f"{action}: The texts say so.")
    assert SeekerSurvey.objects.get().intensity_after == 5
    assert AuditEvent.objects.get().action == "intensity_decided"


def test_the_same_decision_twice_is_one(queried: Assessment, ann: User) -> None:
    once = intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.")
    assert intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.") == once
    with pytest.raises(IntensityRefused, match="already"):
        intensity_decide(queried.pk, user=ann, action=Action.KEEP, reason="No.")
    assert (state(queried), IntensityDecision.objects.count()) == ("qualified", 1)


def test_who_comes_too_late_is_told_and_changes_nothing(queried: Assessment, ann: User, ben: User) -> None:
    intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.")
    with pytest.raises(IntensityRefused, match="decided already"):
        intensity_decide(queried.pk, user=ben, action=Action.EXCLUDE, reason="Read it.")
    assert (state(queried), IntensityDecision.objects.count()) == ("qualified", 1)


@two_reviewers
def test_a_share_waits_for_two_reviewers_who_agree(queried: Assessment, ann: User, ben: User) -> None:
    cyd = make_staff("cyd")
    intensity_decide(queried.pk, user=ann, action=Action.KEEP, reason="a")
    assert list(intensity_queue(ann.pk)) == []
    assert list(intensity_queue(ben.pk)) == [queried]
    intensity_decide(queried.pk, user=ben, action=Action.REVERSE, reason="b")
    assert state(queried) == "intensity_queried"
    intensity_decide(queried.pk, user=cyd, action=Action.SET, value=1, reason="c")
    assert state(queried) == "qualified", "reversing 5 and setting 1 say the same"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"reason": "  "}, "say why"),
        ({"action": Action.SET}, "a value belongs"),
        ({"action": Action.SET, "value": 6}, "must be 1 to 5"),
        ({"value": 2}, "a value belongs"),
    ],
)
def test_an_incomplete_decision_stores_nothing(
    queried: Assessment, ann: User, how: dict[str, object], message: str
) -> None:
    arguments = {"action": Action.KEEP, "reason": "why"} | how
    with pytest.raises(IntensityRefused, match=message):
        intensity_decide(queried.pk, user=ann, **arguments)  # type: ignore[arg-type]
    assert not IntensityDecision.objects.exists()


def test_a_conversation_judged_anew_meanwhile_is_not_decided(queried: Assessment, ann: User) -> None:
    SeekerSurvey.objects.update(intensity_after=4)
    again = assessment_make(queried.conversation_id)
    with pytest.raises(IntensityRefused, match="judged anew"):
        intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.")
    assert list(intensity_queue(ann.pk)) == [again]


def test_a_conversation_withdrawn_under_review_leaves_the_queue(queried: Assessment, ann: User) -> None:
    conversation: Conversation = queried.conversation
    participation = Participation.objects.create(
        participant=Participant.objects.create(withdrawn_at=queried.made_at),
        study=conversation.study,
        protocol_version=conversation.protocol_version,
        provider="test",
        session_hash="x",
    )
    Seat.objects.filter(conversation=conversation, role="seeker").update(participation=participation)
    assert list(intensity_queue(ann.pk)) == []
    with pytest.raises(IntensityRefused, match="withdrew"):
        intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.")


def test_a_release_carries_the_reviewed_intensity(
    queried: Assessment, ann: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)
    intensity_decide(queried.pk, user=ann, action=Action.REVERSE, reason="Read it.")
    releases.release_make("first", folder=tmp_path / "out")
    (record,) = read_esconv(tmp_path / "out" / "esconv.json")
    assert (record.survey.intensity_before, record.survey.intensity_after) == (4, 1)


def test_the_seekers_answer_stays_beside_the_reviewed_one() -> None:
    revised = survey_revised(Survey(4, 5, 5, 5, 5), intensity_after=1)
    assert (revised.intensity_after, revised.original_intensity_after) == (1, 5)
    assert survey_revised(Survey(4, 5, 5, 5, 5), intensity_after=5).original_intensity_after is None
