"""Whatever people do in whatever order: everybody has a page, and in the end an outcome, a code and the right pay."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.journey import open_seat, step_now
from collection.models import Conversation, Seat, Ticket
from collection.services.conversations import conversation_end, conversation_stop
from collection.services.leaving import participation_leave
from collection.services.lobby import lobby_leave, seat_ready, ticket_open, ticket_pair, ticket_seen
from collection.services.surveys import (
    pre_chat_submit,
    seeker_survey_submit,
    supporter_survey_submit,
)
from collection.services.sweeps import sweep_deadlines
from study.domain.errors import ApplicationError
from study.models import LedgerEntry, Participation, Study
from study.models.participant import Outcome, Role
from study.services.participations import consent_give, participation_end, participation_enter, role_choose
from study.services.withdrawals import participant_withdraw
from tests.support.factories import (
    PRE_CHAT,
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    Pair,
    arrival,
    make_conversation,
    make_participation,
    make_study,
    pair_up,
    qualify,
)
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db
STEPS = 120
SEEDS = range(6)
MET = set(Outcome) - {Outcome.FAILED_TRAINING, Outcome.PASSED_TRAINING}
"""What the walks must come across, so that they are known to go far. The other two have no move here."""
Move = Callable[[random.Random, Participation], object]


def _agree(_rng: random.Random, p: Participation) -> None:
    consent_give(p.pk, public_release=True, contact_again=False)


def _choose(rng: random.Random, p: Participation) -> None:
    role_choose(p.pk, role=rng.choice(Role.values))


def _prepare(_rng: random.Random, p: Participation) -> None:
    if p.role == Role.SUPPORTER:
        qualify(p)
    else:
        pre_chat_submit(p, PRE_CHAT)


def _queue(_rng: random.Random, p: Participation) -> None:
    ticket = ticket_open(p)
    ticket_seen(ticket.pk)
    ticket_pair(ticket.pk)


def _ready(_rng: random.Random, p: Participation) -> None:
    if seat := open_seat(p):
        seat_ready(seat.pk)


def _talk(_rng: random.Random, p: Participation) -> None:
    if seat := open_seat(p):
        other = Seat.objects.exclude(pk=seat.pk).get(conversation=seat.conversation)
        sides = {seat.role: seat, other.role: other}
        pair = Pair(seat.conversation, seeker=sides[Role.SEEKER], supporter=sides[Role.SUPPORTER])
        pair.say(seat.role)


def _end(rng: random.Random, p: Participation) -> None:
    if seat := open_seat(p):
        conversation_end(seat_id=seat.pk, manner=rng.choice(["finish", "leave", "safety", "partner_silent"]))


def _answer(_rng: random.Random, p: Participation) -> None:
    if seat := open_seat(p):
        if seat.role == Role.SEEKER:
            seeker_survey_submit(seat.pk, SEEKER_ANSWERS)
        else:
            supporter_survey_submit(seat.pk, SUPPORTER_ANSWERS)


def _leave(_rng: random.Random, p: Participation) -> None:
    participation_leave(p)


def _leave_lobby(_rng: random.Random, p: Participation) -> None:
    if step_now(p).name == "LOBBY":
        lobby_leave(p)


def _withdraw(_rng: random.Random, p: Participation) -> None:
    participant_withdraw(p.participant_id)


def _decline(_rng: random.Random, p: Participation) -> None:
    if p.consent_id is None:
        participation_end(p.pk, outcome=Outcome.NO_CONSENT)


def _sweep(_rng: random.Random, _p: Participation) -> None:
    sweep_deadlines()


def _time_passes(rng: random.Random, _p: Participation) -> None:
    _age(seconds=rng.choice([5, 70, 400, 2000]))


MOVES: dict[Move, int] = {
    _agree: 4,
    _choose: 4,
    _prepare: 4,
    _queue: 14,
    _ready: 14,
    _talk: 14,
    _end: 5,
    _answer: 8,
    _leave: 1,
    _leave_lobby: 1,
    _withdraw: 1,
    _decline: 1,
    _sweep: 3,
    _time_passes: 1,
}


def _age(*, seconds: float) -> None:
    """Let time pass for everything that is measured."""
    past = timedelta(seconds=seconds)
    Participation.objects.update(entered_at=F("entered_at") - past, active_at=F("active_at") - past)
    Ticket.objects.update(since=F("since") - past, seen_at=F("seen_at") - past, ended_at=F("ended_at") - past)
    Conversation.objects.update(started_at=F("started_at") - past, deadline_at=F("deadline_at") - past)
    Seat.objects.update(active_at=F("active_at") - past, seen_at=F("seen_at") - past)
    Seat.objects.filter(released_at__isnull=False).update(released_at=F("released_at") - past)


def _left(study: Study) -> list[Participation]:
    """Return two whose conversation a fault of ours ended, one of them in a second one, and its new partner."""
    pair = make_conversation(study)
    conversation_stop(pair.conversation.pk, reason=EndReason.TECHNICAL)
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    one, other = pair.seeker.participation, pair.supporter.participation
    assert one is not None
    assert other is not None
    stranger = make_participation(study, role=Role.SUPPORTER)
    pair_up(one, stranger)
    return [one, other, stranger]


def _walk(rng: random.Random, study: Study) -> list[Participation]:
    """Move people at random, half of them from the door of the lobby on, where most of what can happen begins."""
    people = [participation_enter(study, arrival=arrival()) for _person in range(2)]
    people += [make_participation(study, role=role) for role in (*Role.values, *Role.values)]
    people += _left(study)
    for _step in range(STEPS):
        one = Participation.objects.get(pk=rng.choice(people).pk)
        # A refusal is an answer too; anything else is a defect and ends the test.
        with suppress(ApplicationError):
            rng.choices(list(MOVES), weights=list(MOVES.values()))[0](rng, one)
        one.refresh_from_db()
        _check_one(one)
    return people


def _check_one(one: Participation) -> None:
    """What holds at every moment."""
    step_now(one)
    paid = list(one.ledger.filter(reason__startswith="outcome:").values_list("about", flat=True))
    assert len(set(paid)) == len(paid)
    over = Seat.objects.filter(participation=one, released_at__isnull=False).exclude(outcome="")
    assert set(paid) - {""} == set(over.values_list("conversation__public_id", flat=True))
    assert over.count() <= one.protocol_version.protocol.chat.conversations_max
    if one.ended:
        assert one.completion_code
        assert open_seat(one) is None
        assert not one.tickets.filter(state__in=["waiting", "matched"]).exists()
    else:
        assert "" not in paid
        assert one.completion_code == ""


def _check_end(one: Participation) -> None:
    """What holds when all time has passed."""
    one.refresh_from_db()
    rewards = one.protocol_version.protocol.rewards
    assert one.ended
    row = rewards.row(one.outcome, role=one.role)
    assert one.exit_status == row.exit_status
    held = list(Seat.objects.filter(participation=one).exclude(outcome="").values_list("outcome", flat=True))
    outcomes = held or [one.outcome]
    assert one.outcome in outcomes
    booked = LedgerEntry.objects.filter(participation=one, reason__startswith="outcome:")
    total = sum(booked.values_list("amount", flat=True), Decimal(0))
    assert total == sum(rewards.amount(outcome, role=one.role) for outcome in outcomes)
    assert rewards.amount(one.outcome, role=one.role) == max(
        rewards.amount(outcome, role=one.role) for outcome in outcomes
    )
    assert (len(held) > 1) <= bool({Outcome.PARTNER_LEFT, Outcome.TECHNICAL_FAILURE} & set(held))
    assert (one.consent_id is None) == (one.outcome == Outcome.NO_CONSENT)
    page = browser_of(one).get(reverse("journey", args=[one.public_id]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("study:end", args=[one.public_id])
    assert page.status_code == 200


def test_everybody_ends_with_a_page_a_status_a_code_and_the_pay_of_the_table() -> None:
    met: set[str] = set()
    tried_again = False
    for seed in SEEDS:
        people = _walk(random.Random(seed), make_study(finish_min_seeker_turns=1, finish_min_seconds=0))
        for _sweep_number in range(4):
            _age(seconds=2 * 86400)
            sweep_deadlines()
        for one in people:
            _check_end(one)
        assert not Seat.objects.filter(released_at__isnull=True).exists()
        met |= {one.outcome for one in people}
        tried_again |= any(one.seats.exclude(outcome="").count() > 1 for one in people)
    assert met >= MET
    assert tried_again
