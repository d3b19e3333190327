"""One current assessment per conversation and protocol version; none is overwritten."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from collection.api import Conversation
from collection.models import SeekerSurvey
from collection.signals import conversation_closed, survey_arrived
from qualitycontrol import tasks
from qualitycontrol.domain.lifecycle import Event, IllegalTransition, State
from qualitycontrol.models import Assessment, AssessmentEvent
from qualitycontrol.selectors import assessment_current, conversations_unassessed
from qualitycontrol.services.assessments import (
    ConversationNotClosed,
    assessment_advance,
    assessment_make,
)
from study import protocol_files
from study.clock import database_now
from study.services.protocols import protocol_store
from tests.qualitycontrol.factories import NO_SURVEY, make_record
from tests.qualitycontrol.rows import make_conversations


@pytest.fixture
def conversation(db: None) -> Conversation:
    (row,) = make_conversations(make_record(survey=NO_SURVEY, feedback=(4, 4)))
    return row


def late_survey(conversation: Conversation) -> None:
    SeekerSurvey.objects.filter(conversation=conversation).update(intensity_after=1, empathy=5, relevance=5)


def test_an_assessment_keeps_every_criterion_and_both_verdicts(conversation: Conversation) -> None:
    assessment = assessment_make(conversation.pk)
    assert (assessment.state, assessment.alternative_state) == ("unqualified", "qualified")
    assert assessment.reasons == ["last_feedback"]
    by_name = {criterion["name"]: criterion for criterion in assessment.criteria}
    assert list(by_name) == [
        "empathy",
        "relevance",
        "supporter_mean_length",
        "improvement",
        "seeker_mean_length",
        "last_feedback",
    ]
    assert by_name["last_feedback"] == {
        "name": "last_feedback",
        "value": [4, 4],
        "threshold": 4,
        "met": False,
        "explanation": "Last feedback scores: 4, 4; all greater than 4 is not met.",
    }
    assert (by_name["empathy"]["value"], by_name["empathy"]["met"]) == (None, None)
    steps = AssessmentEvent.objects.values_list("before", "event", "after", "reason")
    assert list(steps) == [("pending", "reject", "unqualified", "last_feedback")]


def test_assessing_twice_changes_nothing(conversation: Conversation) -> None:
    assert assessment_make(conversation.pk) == assessment_make(conversation.pk)
    assert AssessmentEvent.objects.count() == 1


def test_a_late_survey_makes_a_new_assessment_beside_the_old(conversation: Conversation) -> None:
    first = assessment_make(conversation.pk)
    late_survey(conversation)
    second = assessment_make(conversation.pk)
    first.refresh_from_db()
    assert (first.state, first.number, first.superseded_at is not None) == ("unqualified", 1, True)
    assert (second.state, second.number, second.superseded_at) == ("qualified", 2, None)
    assert assessment_current(conversation) == second


def test_another_protocol_version_judges_beside_the_first(conversation: Conversation) -> None:
    document = protocol_files.read_document("esconv-2021")
    document["version"] = 1001
    document["quality"]["approval"]["without_survey"]["last_feedback_greater_than"] = 3
    own = assessment_make(conversation.pk)
    other = assessment_make(conversation.pk, protocol_version=protocol_store(document))
    assert (own.state, other.state) == ("unqualified", "qualified")
    own.refresh_from_db()
    assert own.superseded_at is None
    assert assessment_current(conversation) == own


def test_the_database_allows_one_current_assessment(conversation: Conversation) -> None:
    assessment = assessment_make(conversation.pk)
    assessment.pk, assessment.number = None, 2
    with pytest.raises(IntegrityError, match="assessment_one_current"), transaction.atomic():
        assessment.save(force_insert=True)


def test_what_goes_on_is_not_assessed(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(state="surveying")
    with pytest.raises(ConversationNotClosed):
        assessment_make(conversation.pk)
    tasks.assess(conversation.pk)
    assert not Assessment.objects.exists()


def test_a_step_that_the_table_lacks_changes_nothing(conversation: Conversation) -> None:
    assessment = assessment_make(conversation.pk)
    with pytest.raises(IllegalTransition):
        assessment_advance(assessment, Event.RELEASE, now=database_now())
    assessment.refresh_from_db()
    assert State(assessment.state) is State.UNQUALIFIED
    assert AssessmentEvent.objects.count() == 1


@pytest.mark.parametrize("signal", [conversation_closed, survey_arrived])
def test_the_announcement_asks_for_the_assessment_after_the_commit(
    conversation: Conversation,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    signal: Any,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.assess, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        signal.send(sender=Conversation, conversation_id=conversation.pk)
        assert asked == []
    assert asked == [conversation.pk]


def test_an_unreachable_broker_does_not_fail_the_closing(
    conversation: Conversation, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_conversation_id: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.assess, "delay", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        conversation_closed.send(sender=Conversation, conversation_id=conversation.pk)
    assert conversations_unassessed(limit=10) == [conversation.pk]


def test_the_sweep_asks_for_what_was_lost_and_nothing_else(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    done, lost, cancelled = make_conversations(make_record(), make_record(), make_record())
    assessment_make(done.pk)
    Conversation.objects.filter(pk=cancelled.pk).update(state="cancelled")
    asked: list[int] = []
    monkeypatch.setattr(tasks.assess, "delay", asked.append)
    tasks.sweep_assessments()
    assert asked == [lost.pk]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_assessment() -> None:
    (row,) = make_conversations()
    barrier = threading.Barrier(4)
    made: list[int] = []

    def work() -> None:
        try:
            barrier.wait(timeout=10)
            made.append(assessment_make(row.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(made) == 4
    assert Assessment.objects.values_list("pk", flat=True).get() in made
    assert len(set(made)) == 1
