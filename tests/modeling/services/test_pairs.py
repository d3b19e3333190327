"""One participant's way through a comparison, with every way in which it can stop."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from collection.audit import audit
from collection.domain.exits import EndReason
from collection.models import Conversation, PreChatSurvey
from collection.services.conversations import conversation_end, conversation_stop
from collection.services.leaving import leaving_now, participation_leave
from collection.services.lobby import seat_ready, ticket_open, ticket_pair
from collection.services.sweeps import sweep_deadlines
from modeling.domain.campaign_lifecycle import PairState
from modeling.domain.orders import order_of
from modeling.errors import AgentUnavailable, PairRefused
from modeling.models import Campaign, Pair
from modeling.services.agents import agent_switch
from modeling.services.pairs import pair_answer, pair_assign, pair_begin, pair_give_up, pair_of
from study.clock import database_now
from study.models import LedgerEntry, Participation
from study.selectors import ledger_total
from study.services.withdrawals import participant_withdraw
from tests.modeling.comparisons import (
    QUESTIONS,
    answer,
    chat,
    complete,
    make_campaign,
    make_comparer,
    open_seat,
    survey,
)
from tests.support.factories import make_participation
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
FULL, CHAT, BASE = Decimal("10.00"), Decimal("3.60"), Decimal("1.30")


def fresh(participation: Participation) -> Participation:
    return Participation.objects.get(pk=participation.pk)


def check_ended(
    participation: Participation, *, outcome: str, pay: Decimal, state: str, stopped: str
) -> None:
    ended = fresh(participation)
    pair = Pair.objects.get(participation=participation)
    assert (ended.outcome, ledger_total(ended)) == (outcome, pay)
    assert (pair.state, pair.stopped_at) == (state, stopped)
    assert [f.rule for f in audit() if not f.holds] == []


def test_the_whole_way_is_stored_paid_and_counted() -> None:
    campaign = make_campaign()
    participation = make_comparer(campaign)
    pair = chat(participation)
    assert (pair.state, fresh(participation).outcome) == (PairState.BETWEEN, "")
    assert ledger_total(participation) == CHAT
    pair = chat(participation)
    assert pair.state == PairState.QUESTIONS
    assert pair.first_conversation != pair.second_conversation
    answer(participation, comforting="second", fluency="same")
    check_ended(participation, outcome="completed", pay=FULL, state="answered", stopped="")
    assert dict(pair.answers.values_list("question", "choice")) == {
        **dict.fromkeys(QUESTIONS, "first"),
        "comforting": "second",
        "fluency": "same",
    }
    assert {e.reason for e in LedgerEntry.objects.filter(participation=participation)} == {
        "chat:1",
        "chat:2",
        "outcome:completed",
    }


def test_the_order_is_stored_before_the_first_conversation_and_is_the_sequences() -> None:
    campaign = make_campaign(partners=3, quota=20)
    arms = list(campaign.arms.all())
    for place in range(8):
        participation = make_comparer(campaign)
        pair = pair_assign(participation)
        assert not Conversation.objects.filter(seats__participation=participation).exists()
        order = order_of(place, arms=3, block_size=6, seed=7)
        assert (pair.place, pair.first, pair.second) == (place, arms[order.first], arms[order.second])
        assert pair_assign(participation) == pair


def test_both_partners_sit_where_the_order_says() -> None:
    pair = complete(make_campaign())
    for arm, conversation in ((pair.first, pair.first_conversation), (pair.second, pair.second_conversation)):
        assert conversation is not None
        assert arm.agent is not None
        assert conversation.seats.get(role="supporter").occupant == arm.agent.occupant
        assert conversation.origin == "agent"


def test_orders_of_completed_pairs_stay_balanced_although_others_leave() -> None:
    campaign = make_campaign(quota=4)
    number = 0
    while Campaign.objects.get(pk=campaign.pk).state == "open":
        if number % 3 == 1:
            participation_leave(make_comparer_on_the_way(campaign))
        else:
            complete(campaign)
        number += 1
    done = campaign.pairs.filter(state=PairState.ANSWERED)
    assert (number, done.count()) == (6, 4)
    assert sorted(done.values_list("place", flat=True)) == list(range(4))
    assert sorted(Counter(done.values_list("first", flat=True)).values()) == [2, 2]


def make_comparer_on_the_way(campaign: Campaign) -> Participation:
    participation = make_comparer(campaign)
    chat(participation)
    return participation


def test_the_survey_is_asked_once_and_belongs_to_both_conversations() -> None:
    participation = make_comparer(make_campaign())
    chat(participation, after=2)
    chat(participation)
    first, second = PreChatSurvey.objects.order_by("pk")
    assert (first.intensity_before, second.intensity_before) == (4, 2)
    assert (first.problem, first.situation) == (second.problem, second.situation)
    assert (first.participation, second.participation) == (participation, participation)
    assert (first.carried_over, second.carried_over) == (False, True)


def test_who_leaves_in_the_first_conversation_is_kept_apart_and_paid() -> None:
    participation = make_comparer(make_campaign())
    pair_begin(participation)
    conversation_end(seat_id=open_seat(participation).pk, manner="leave")
    survey(participation)
    check_ended(participation, outcome="left_early", pay=BASE, state="left", stopped="first_chat")


def test_who_leaves_between_keeps_the_first_conversations_pay_as_the_page_said() -> None:
    participation = make_comparer_on_the_way(make_campaign())
    shown = leaving_now(participation, now=database_now())
    participation_leave(participation)
    assert (shown.outcome, shown.total) == ("left_early", CHAT + BASE)
    check_ended(participation, outcome="left_early", pay=CHAT + BASE, state="left", stopped="between")


def test_who_leaves_in_the_questions_after_a_conversation_keeps_its_pay() -> None:
    participation = make_comparer(make_campaign())
    pair_begin(participation)
    conversation_stop(open_seat(participation).conversation_id, reason=EndReason.FINISHED)
    shown = leaving_now(participation, now=database_now())
    participation_leave(participation)
    assert shown.total == CHAT + BASE
    check_ended(participation, outcome="left_early", pay=CHAT + BASE, state="left", stopped="between")


def test_who_leaves_before_answering_is_paid_both_conversations() -> None:
    participation = make_comparer_on_the_way(make_campaign())
    chat(participation)
    participation_leave(participation)
    check_ended(participation, outcome="left_early", pay=2 * CHAT + BASE, state="left", stopped="questions")


@pytest.mark.parametrize(
    ("reason", "outcome", "state"),
    [
        (EndReason.TECHNICAL, "technical_failure", "failed"),
        (EndReason.SUPPORTER_SILENT, "partner_left", "failed"),
        (EndReason.SEEKER_SAFETY, "safety_exit", "left"),
    ],
)
def test_what_is_not_the_participants_fault_is_paid_in_full(
    reason: EndReason, outcome: str, state: str
) -> None:
    for stopped in ("first_chat", "second_chat"):
        participation = make_comparer(make_campaign())
        if stopped == "second_chat":
            chat(participation)
        chat(participation, reason=reason)
        check_ended(participation, outcome=outcome, pay=FULL, state=state, stopped=stopped)


def test_a_conversation_that_reached_its_longest_time_counts() -> None:
    participation = make_comparer(make_campaign())
    assert chat(participation, reason=EndReason.TIME_UP).state == PairState.BETWEEN


def test_the_way_goes_on_when_the_time_for_a_survey_is_over() -> None:
    participation = make_comparer(make_campaign())
    pair_begin(participation)
    seat = open_seat(participation)
    conversation_stop(seat.conversation_id, reason=EndReason.FINISHED)
    Conversation.objects.filter(pk=seat.conversation_id).update(deadline_at=database_now())
    sweep_deadlines()
    pair = pair_of(participation)
    assert pair is not None
    assert (pair.state, fresh(participation).outcome) == (PairState.BETWEEN, "")


def test_an_agent_that_cannot_be_reached_begins_nothing_and_stopping_is_paid_in_full() -> None:
    campaign = make_campaign()
    participation = make_comparer(campaign)
    pair = pair_assign(participation)
    assert pair.first.agent is not None
    with pytest.raises(PairRefused):
        pair_give_up(participation)
    agent_switch(pair.first.agent, enabled=False)
    with pytest.raises(AgentUnavailable):
        pair_begin(participation)
    pair.refresh_from_db()
    assert pair.state == PairState.ASSIGNED
    pair_give_up(participation)
    check_ended(participation, outcome="technical_failure", pay=FULL, state="failed", stopped="assigned")


def test_answers_are_complete_known_and_given_once() -> None:
    participation = make_comparer_on_the_way(make_campaign())
    with pytest.raises(PairRefused):
        answer(participation)
    chat(participation)
    good = dict.fromkeys(QUESTIONS, "second")
    for wrong in ({}, good | {"overall": "A"}, {"overall": "first"}, good | {"more": "first"}):
        with pytest.raises(PairRefused):
            pair_answer(participation, wrong)
    pair = pair_answer(participation, good)
    assert pair_answer(participation, good) == pair
    with pytest.raises(PairRefused, match="already"):
        pair_answer(participation, good | {"overall": "first"})
    assert pair.answers.count() == len(QUESTIONS)


def test_a_withdrawal_afterwards_deletes_the_answers_and_frees_the_place() -> None:
    campaign = make_campaign()
    pair = complete(campaign)
    receipt = participant_withdraw(pair.participation.participant_id)
    pair.refresh_from_db()
    assert receipt.erased["comparison_answers"] == len(QUESTIONS)
    assert receipt.erased["situations"] == 2
    assert (pair.state, pair.answers.count(), pair.place) == (PairState.WITHDRAWN, 0, 0)
    assert complete(campaign).place == 0


def test_a_withdrawal_on_the_way_ends_everything() -> None:
    participation = make_comparer_on_the_way(make_campaign())
    pair_begin(participation)
    participant_withdraw(participation.participant_id)
    check_ended(participation, outcome="withdrawn", pay=CHAT + BASE, state="withdrawn", stopped="second_chat")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_begin_one_conversation_and_answer_once() -> None:
    campaign = make_campaign()
    participation = make_comparer(campaign)
    at_once([lambda: pair_begin(fresh(participation))] * 4)
    assert Conversation.objects.filter(seats__participation=participation).count() == 1
    conversation_stop(open_seat(participation).conversation_id, reason=EndReason.FINISHED)
    survey(participation)
    chat(participation)
    results = at_once([lambda: answer(fresh(participation))] * 4)
    assert not any(isinstance(result, Exception) for result in results)
    check_ended(participation, outcome="completed", pay=FULL, state="answered", stopped="")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_places_of_their_own() -> None:
    campaign = make_campaign(quota=8, spare=8)
    people = [make_comparer(campaign) for _person in range(8)]
    at_once([lambda p=p: pair_assign(p) for p in people])  # type: ignore[misc]
    assert sorted(campaign.pairs.values_list("place", flat=True)) == list(range(8))


def test_a_person_can_be_one_of_the_partners() -> None:
    campaign = make_campaign(humans=True)
    arms = list(campaign.arms.all())
    assert arms[1].label == "human supporters"
    seeker = make_comparer(campaign)
    pair = pair_assign(seeker)
    supporter = make_participation(campaign.study, role="seeker", surveyed=False)
    Participation.objects.filter(pk=supporter.pk).update(role="supporter")
    supporter = fresh(supporter)
    assert not supporter.compares
    for which in ("first", "second"):
        arm = getattr(pair, which)
        if arm.agent is not None:
            pair = chat(seeker)
            continue
        pair_begin(seeker)
        talk_with_person(seeker, supporter)
        pair.refresh_from_db()
    assert pair.state == PairState.QUESTIONS
    assert fresh(supporter).outcome == "completed"
    assert LedgerEntry.objects.get(participation=supporter, reason="outcome:completed").amount == Decimal(
        "6.85"
    )
    answer(seeker)
    check_ended(seeker, outcome="completed", pay=FULL, state="answered", stopped="")


def talk_with_person(seeker: Participation, supporter: Participation) -> None:
    from collection.services.surveys import SupporterAnswers, supporter_survey_submit
    from tests.support.factories import qualify

    qualify(supporter)
    conversation = ticket_pair(ticket_open(supporter).pk)
    assert conversation is not None
    for seat in conversation.seats.all():
        seat_ready(seat.pk)
    conversation_stop(conversation.pk, reason=EndReason.FINISHED)
    survey(seeker)
    supporter_survey_submit(conversation.seats.get(role="supporter").pk, SupporterAnswers(detail=4))
