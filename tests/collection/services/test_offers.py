"""Whoever was left is paid, and may finish or look for another partner."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.journey import Step, step_now
from collection.models import Conversation, PreChatSurvey, Seat, Ticket
from collection.services.conversations import conversation_end, conversation_stop
from collection.services.leaving import leaving_now, participation_leave
from collection.services.lobby import lobby_leave, ready_check_expire, ticket_open, ticket_pair
from collection.services.surveys import seeker_survey_submit, supporter_survey_submit
from collection.services.sweeps import sweep_deadlines
from study.clock import database_now
from study.models import Participation, Study
from study.models.participant import Outcome, Role
from study.selectors import ledger_total
from study.services.budget import budget_set
from study.services.withdrawals import participant_withdraw
from tests.support.factories import (
    PRE_CHAT,
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_participation,
    make_study,
    pair_up,
)

pytestmark = pytest.mark.django_db


def answered(pair: Pair, role: str) -> Participation:
    """Answer the questions on one side and return its participation."""
    if role == Role.SEEKER:
        seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    else:
        supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    participation = pair.seat(role).participation
    assert participation is not None
    return Participation.objects.get(pk=participation.pk)


def left(role: str, study: Study | None = None) -> tuple[Participation, Pair]:
    """Let the other side leave `role`, who then answers the questions."""
    pair = make_conversation(study or make_study())
    pair.say(Role.SEEKER, "This was said in the first conversation.")
    other = pair.supporter if role == Role.SEEKER else pair.seeker
    conversation_end(seat_id=other.pk, manner="leave")
    return answered(pair.refresh(), role), pair


def meet(participation: Participation) -> Pair:
    """Seat somebody who looks again with a new partner."""
    other = Role.SUPPORTER if participation.role == Role.SEEKER else Role.SEEKER
    stranger = make_participation(participation.study, role=other)
    sides = {participation.role: participation, other: stranger}
    return pair_up(sides[Role.SEEKER], sides[Role.SUPPORTER])


def booked(participation: Participation) -> dict[tuple[str, str], Decimal]:
    rows = participation.ledger.exclude(reason="wait").values_list("reason", "about", "amount")
    return {(reason, about): amount for reason, about, amount in rows}


@pytest.mark.parametrize("role", Role.values)
def test_whoever_was_left_is_paid_and_holds_a_second_conversation(role: str) -> None:
    one, first = left(role)
    assert not one.ended
    assert step_now(one) is Step.AGAIN
    assert booked(one) == {("outcome:partner_left", first.conversation.public_id): Decimal("6.80")}

    second = meet(one)
    assert step_now(one) is Step.CHAT
    conversation_stop(second.conversation.pk, reason=EndReason.TIME_UP)
    one = answered(second, role)
    assert (one.outcome, one.exit_status) == (Outcome.COMPLETED, "03")
    assert booked(one) == {
        ("outcome:partner_left", first.conversation.public_id): Decimal("6.80"),
        ("outcome:completed", second.conversation.public_id): Decimal("6.80"),
    }
    first.refresh()
    assert first.seat(role).outcome == Outcome.PARTNER_LEFT
    assert first.texts() == ["This was said in the first conversation."]


def test_the_answers_before_the_chat_carry_over_and_the_first_conversation_keeps_its_own() -> None:
    one, first = left(Role.SEEKER)
    second = meet(one)
    surveys = {s.conversation_id: s for s in PreChatSurvey.objects.filter(participation=one)}
    assert set(surveys) == {first.conversation.pk, second.conversation.pk}
    assert [surveys[p.conversation.pk].carried_over for p in (first, second)] == [False, True]
    assert {s.situation for s in surveys.values()} == {PRE_CHAT.situation}
    assert {s.intensity_before for s in surveys.values()} == {PRE_CHAT.intensity_before}


def test_a_called_off_ready_check_keeps_the_answers_for_the_next_partner() -> None:
    one, _first = left(Role.SEEKER)
    ticket = ticket_open(one)
    ticket_open(make_participation(one.study, role=Role.SUPPORTER))
    conversation = ticket_pair(ticket.pk)
    assert conversation is not None
    Seat.objects.filter(conversation=conversation, role=Role.SEEKER).update(ready_at=database_now())
    Conversation.objects.filter(pk=conversation.pk).update(deadline_at=database_now() - timedelta(seconds=1))
    assert ready_check_expire(conversation.pk)
    assert step_now(one) is Step.LOBBY
    second = meet(one)
    assert PreChatSurvey.objects.get(conversation=second.conversation).carried_over
    assert PreChatSurvey.objects.filter(participation=one).count() == 2


def test_whoever_lost_a_partner_goes_before_somebody_who_has_waited_longer() -> None:
    study = make_study()
    early = ticket_open(make_participation(study))
    Ticket.objects.filter(pk=early.pk).update(since=F("since") - timedelta(minutes=5))
    # Not the one who has waited longest is left, but the one who sat in a conversation meanwhile.
    Ticket.objects.filter(pk=early.pk).update(seen_at=F("seen_at") - timedelta(minutes=5))
    one, _first = left(Role.SEEKER, study)
    Ticket.objects.filter(pk=early.pk).update(seen_at=database_now())
    assert ticket_open(one).priority == 1
    conversation = ticket_pair(ticket_open(make_participation(study, role=Role.SUPPORTER)).pk)
    assert conversation is not None
    assert conversation.seats.get(role=Role.SEEKER).participation_id == one.pk


def test_after_a_fault_of_ours_both_are_offered_another_partner() -> None:
    pair = make_conversation()
    conversation_stop(pair.conversation.pk, reason=EndReason.TECHNICAL)
    for role in Role.values:
        assert step_now(answered(pair, role)) is Step.AGAIN


@pytest.mark.parametrize("manner", ["leave", "safety"])
def test_whoever_left_is_offered_nothing(manner: str) -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.seeker.pk, manner=manner)
    assert answered(pair, Role.SEEKER).ended
    assert step_now(answered(pair, Role.SUPPORTER)) is Step.AGAIN


def test_leaving_the_questions_out_to_leave_the_study_ends_it() -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    assert pair.seeker.participation is not None
    assert participation_leave(pair.seeker.participation).outcome == Outcome.PARTNER_LEFT


def test_the_protocol_limits_how_many_conversations_there_are() -> None:
    one, _first = left(Role.SEEKER, make_study(conversations_max=2))
    second = meet(one)
    conversation_end(seat_id=second.supporter.pk, manner="leave")
    one = answered(second, Role.SEEKER)
    assert one.outcome == Outcome.PARTNER_LEFT
    assert ledger_total(one) == Decimal("13.80")  # two conversations and a begun minute


def test_a_protocol_that_knows_one_conversation_ends_with_it() -> None:
    one, _first = left(Role.SEEKER, make_study(conversations_max=1))
    assert one.outcome == Outcome.PARTNER_LEFT


def test_nothing_is_offered_that_the_study_could_not_pay() -> None:
    study = make_study()
    make_participation(study)
    one, _first = left(Role.SEEKER, budget_set(study, soft=None, hard=Decimal("27.19")))
    # 6.80 booked for each; the supporter and the one who waits could earn 6.80 more, and so could this one.
    assert one.ended


def test_a_closed_study_offers_nothing() -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    Study.objects.update(state=Study.State.CLOSED)
    assert answered(pair, Role.SEEKER).ended


def test_what_was_earned_stays_when_nobody_else_is_found() -> None:
    one, _first = left(Role.SEEKER)
    ticket_open(one)
    shown = leaving_now(one, now=database_now())
    assert lobby_leave(one).outcome == Outcome.PARTNER_LEFT
    assert [reason for reason, _about in booked(one)] == ["outcome:partner_left"]
    assert shown.outcome == Outcome.PARTNER_LEFT
    assert shown.total == ledger_total(one)


def test_leaving_the_second_conversation_early_takes_nothing_away() -> None:
    one, first = left(Role.SEEKER)
    second = meet(one)
    shown = leaving_now(one, now=database_now())
    conversation_end(seat_id=second.seeker.pk, manner="leave")
    one = answered(second, Role.SEEKER)
    assert one.outcome == Outcome.PARTNER_LEFT
    assert booked(one) == {
        ("outcome:partner_left", first.conversation.public_id): Decimal("6.80"),
        ("outcome:left_early", second.conversation.public_id): Decimal("1.30"),
    }
    assert shown.total == ledger_total(one)
    assert second.refresh().seeker.exit_status == "01"


def test_an_offer_that_nobody_answers_ends_as_it_was() -> None:
    one, _first = left(Role.SUPPORTER)
    assert sweep_deadlines()["offers"] == 0
    seconds = one.protocol_version.protocol.chat.another_partner_seconds
    Seat.objects.filter(participation=one).update(released_at=database_now() - timedelta(seconds=seconds + 1))
    assert sweep_deadlines()["offers"] == 1
    one.refresh_from_db()
    assert one.outcome == Outcome.PARTNER_LEFT
    assert sweep_deadlines()["offers"] == 0


def test_an_absent_seeker_s_offer_begins_when_the_time_for_the_questions_is_over() -> None:
    pair = make_conversation()
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    Conversation.objects.update(deadline_at=database_now() - timedelta(seconds=1))
    assert sweep_deadlines()["surveys"] == 1
    assert pair.seeker.participation is not None
    assert step_now(Participation.objects.get(pk=pair.seeker.participation.pk)) is Step.AGAIN
    assert pair.refresh().conversation.state == State.CLOSED


def test_missing_the_next_ready_check_for_good_ends_with_what_was_earned() -> None:
    one, _first = left(Role.SEEKER)
    ticket = ticket_open(one)
    ticket_open(make_participation(one.study, role=Role.SUPPORTER))
    conversation = ticket_pair(ticket.pk)
    assert conversation is not None
    Conversation.objects.filter(pk=conversation.pk).update(deadline_at=database_now() - timedelta(seconds=1))
    assert ready_check_expire(conversation.pk)
    assert step_now(one) is Step.LOBBY
    Ticket.objects.filter(participation=one).update(ended_at=database_now() - timedelta(hours=1))
    assert sweep_deadlines()["missed"] >= 1
    one.refresh_from_db()
    assert one.outcome == Outcome.PARTNER_LEFT


def test_withdrawing_while_the_offer_stands_erases_both_sets_of_answers_and_keeps_the_pay() -> None:
    one, first = left(Role.SEEKER)
    second = meet(one)
    participant_withdraw(one.participant_id)
    one.refresh_from_db()
    assert one.outcome == Outcome.PARTNER_LEFT
    assert second.refresh().seeker.outcome == Outcome.WITHDRAWN
    assert set(PreChatSurvey.objects.filter(participation=one).values_list("situation", flat=True)) == {""}
    assert "This was said in the first conversation." not in first.texts()
    assert ledger_total(one) == Decimal("8.30")  # 6.80, 1.30 for what was done of the second, a begun minute
