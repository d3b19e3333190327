"""Tests of the surveys: each side alone, stored once, paid whatever the other side does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from collection.domain.errors import NotYourSeat, SurveyClosed, SurveyInvalid, TextTooLong
from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.models import PreChatSurvey, SeekerSurvey, SupporterSurvey
from collection.services.surveys import (
    SeekerAnswers,
    SupporterAnswers,
    pre_chat_submit,
    seeker_survey_submit,
    supporter_survey_submit,
)
from collection.services.sweeps import sweep_deadlines
from study.domain.errors import ConsentMissing
from study.models import Participation
from study.models.participant import Role
from study.selectors import ledger_total
from tests.support.factories import (
    PRE_CHAT,
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    make_conversation,
    make_older,
    make_participation,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def ended(participation: Participation | None) -> Participation:
    assert participation is not None
    participation.refresh_from_db()
    assert participation.ended
    return participation


def test_the_survey_before_is_stored_once() -> None:
    participation = make_participation(surveyed=False)
    first = pre_chat_submit(participation, PRE_CHAT)
    assert pre_chat_submit(participation, replace(PRE_CHAT, problem="academic_pressure")) == first
    assert PreChatSurvey.objects.get().problem == "job_crisis"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"problem": "weather"}, "'weather' is not one of the answers"),
        ({"emotion": "boredom"}, "'boredom'"),
        ({"experience": "never"}, "'never'"),
        ({"intensity_before": 0}, "How strong"),
        ({"intensity_before": 6}, "How strong"),
        ({"situation": "Too short."}, "2 words; please write 20 to 80"),
        ({"situation": "word " * 81}, "81 words"),
    ],
)
def test_answers_that_the_protocol_does_not_know_are_refused(change: dict[str, Any], because: str) -> None:
    participation = make_participation(surveyed=False)
    with pytest.raises(SurveyInvalid, match=because):
        pre_chat_submit(participation, replace(PRE_CHAT, **change))
    assert not PreChatSurvey.objects.exists()


def test_only_a_seeker_with_consent_is_asked_before() -> None:
    with pytest.raises(ConsentMissing):
        pre_chat_submit(make_participation(role=Role.SUPPORTER), PRE_CHAT)


def test_each_side_answers_alone_and_is_paid_at_once() -> None:
    pair = make_conversation(state=State.SURVEYING)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    assert ledger_total(ended(pair.supporter.participation)) == Decimal("7.00")  # 6.80 and a begun minute
    assert pair.refresh().conversation.state == State.SURVEYING
    assert pair.seeker.participation is not None
    assert not pair.seeker.participation.ended
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    assert pair.refresh().conversation.state == State.CLOSED
    assert ended(pair.seeker.participation).exit_status == "03"


def test_the_same_answers_again_change_nothing_and_others_are_refused() -> None:
    pair = make_conversation(state=State.SURVEYING)
    answers = replace(SEEKER_ANSWERS, liked="Being asked. ", improve="\u200b\x00")
    first = seeker_survey_submit(pair.seeker.pk, answers)
    assert (first.liked, first.improve) == ("Being asked.", "")
    assert seeker_survey_submit(pair.seeker.pk, answers) == first
    with pytest.raises(SurveyClosed):
        seeker_survey_submit(pair.seeker.pk, replace(answers, empathy=1))
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    assert supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS).detail == 4
    with pytest.raises(SurveyClosed):
        supporter_survey_submit(pair.supporter.pk, SupporterAnswers(detail=5))


@pytest.mark.parametrize(
    "change", [{"intensity_after": 0}, {"empathy": 6}, {"relevance": -1}, {"ending": "odd"}, {"ending": ""}]
)
def test_a_seeker_s_answer_out_of_range_is_refused(change: dict[str, Any]) -> None:
    pair = make_conversation(state=State.SURVEYING)
    with pytest.raises(SurveyInvalid):
        seeker_survey_submit(pair.seeker.pk, replace(SEEKER_ANSWERS, **change))
    assert not SeekerSurvey.objects.exists()
    assert pair.refresh().seeker.released_at is None


@pytest.mark.parametrize("detail", [0, 6])
def test_a_supporter_s_answer_out_of_range_is_refused(detail: int) -> None:
    pair = make_conversation(state=State.SURVEYING)
    with pytest.raises(SurveyInvalid):
        supporter_survey_submit(pair.supporter.pk, SupporterAnswers(detail=detail))


def test_an_open_answer_has_a_limit() -> None:
    pair = make_conversation(state=State.SURVEYING)
    with pytest.raises(TextTooLong):
        supporter_survey_submit(pair.supporter.pk, SupporterAnswers(detail=3, liked="x" * 2001))


def test_nobody_answers_for_the_other_side_or_too_early() -> None:
    pair = make_conversation(state=State.SURVEYING)
    with pytest.raises(NotYourSeat):
        seeker_survey_submit(pair.supporter.pk, SEEKER_ANSWERS)
    with pytest.raises(NotYourSeat):
        supporter_survey_submit(pair.seeker.pk, SUPPORTER_ANSWERS)
    with pytest.raises(SurveyClosed):
        seeker_survey_submit(make_conversation().seeker.pk, SEEKER_ANSWERS)


def test_who_does_not_answer_in_time_is_paid_all_the_same() -> None:
    pair = make_conversation(state=State.SURVEYING, reason=EndReason.SEEKER_LEFT)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    make_older(pair, seconds=1801)
    assert sweep_deadlines()["surveys"] == 1
    assert pair.refresh().conversation.state == State.CLOSED
    assert ended(pair.seeker.participation).outcome == "left_early"
    # Who was left is paid and chooses how to go on.
    assert pair.supporter.participation is not None
    assert pair.supporter.participation.ledger.get().reason == "outcome:partner_left"
    with pytest.raises(SurveyClosed, match="paid all the same"):
        seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    assert not SeekerSurvey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_submits_at_once_are_one_row_and_one_pay() -> None:
    pair = make_conversation(state=State.SURVEYING)
    answers = SeekerAnswers(intensity_after=1, empathy=5, relevance=5, ending="sudden", liked="All of it.")
    found = at_once([partial(seeker_survey_submit, pair.seeker.pk, answers)] * 20)
    assert len({item.pk for item in found if isinstance(item, SeekerSurvey)}) == 1, found
    assert SeekerSurvey.objects.count() == 1
    assert ledger_total(ended(pair.seeker.participation)) == Decimal("7.00")


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once_close_the_conversation_once() -> None:
    for _round in range(4):
        pair = make_conversation(state=State.SURVEYING)
        found = at_once(
            [
                partial(seeker_survey_submit, pair.seeker.pk, SEEKER_ANSWERS),
                partial(supporter_survey_submit, pair.supporter.pk, SUPPORTER_ANSWERS),
            ]
        )
        assert [type(item) for item in found] == [SeekerSurvey, SupporterSurvey], found
        assert pair.refresh().conversation.state == State.CLOSED
        assert pair.conversation.events.filter(event="close").count() == 1
