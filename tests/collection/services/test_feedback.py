"""Tests of giving feedback."""

from __future__ import annotations

import pytest

from collection.domain.errors import FeedbackUnknown, NotYourSeat
from collection.domain.exits import EndReason
from collection.models import FeedbackRequest
from collection.services.conversations import conversation_stop
from collection.services.feedback import feedback_give
from collection.services.surveys import seeker_survey_submit
from study.models.participant import Role
from tests.support.factories import SEEKER_ANSWERS, Pair, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> Pair:
    """A conversation in which one request is open."""
    made = make_conversation()
    for role in (Role.SEEKER, Role.SUPPORTER, Role.SUPPORTER):
        made.say(role)
    return made


def give(pair: Pair, *, number: int = 1, score: int = 5, seat_id: int | None = None) -> FeedbackRequest:
    return feedback_give(seat_id=seat_id or pair.seeker.pk, number=number, score=score)


def test_a_score_keeps_its_place_in_the_conversation(pair: Pair) -> None:
    request = give(pair, score=4)
    assert (request.score, request.answered_after_ordinal) == (4, 3)
    assert request.answered_at is not None


def test_the_same_score_again_changes_nothing_and_another_is_refused(pair: Pair) -> None:
    first = give(pair, score=4)
    pair.say(Role.SEEKER)
    again = give(pair, score=4)
    assert (again.answered_at, again.answered_after_ordinal) == (first.answered_at, 3)
    with pytest.raises(FeedbackUnknown, match="already"):
        give(pair, score=5)


@pytest.mark.parametrize(("number", "score"), [(2, 5), (0, 5), (1, 0), (1, 6)])
def test_an_unknown_request_or_score_is_refused(pair: Pair, number: int, score: int) -> None:
    with pytest.raises(FeedbackUnknown):
        give(pair, number=number, score=score)


def test_a_supporter_gives_no_feedback(pair: Pair) -> None:
    with pytest.raises(NotYourSeat):
        give(pair, seat_id=pair.supporter.pk)


def test_a_request_is_over_when_the_next_one_opens(pair: Pair) -> None:
    pair.say(Role.SUPPORTER)
    pair.say(Role.SUPPORTER)
    with pytest.raises(FeedbackUnknown):
        give(pair, number=1)
    assert give(pair, number=2).score == 5
    assert FeedbackRequest.objects.get(number=1).score is None


def test_the_last_request_may_be_answered_until_the_survey_is_sent(pair: Pair) -> None:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    assert give(pair).score == 5


def test_not_after_the_survey(pair: Pair) -> None:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    with pytest.raises(FeedbackUnknown):
        give(pair)
