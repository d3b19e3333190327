"""Tests of reporting a partner, of handing a conversation on, and of the thread with the study team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from collection.domain.errors import NoMorePasses, NothingToReport, TextEmpty
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketState
from collection.domain.safety import CaseEvent, Resolution
from collection.models import (
    CaseStep,
    Conversation,
    PairingFreeze,
    PartnerReport,
    SafetyCase,
    TeamMessage,
    Ticket,
)
from collection.services.conversations import conversation_end
from collection.services.lobby import ticket_open, ticket_pair
from collection.services.passing import may_pass, ready_check_pass
from collection.services.programs import practice_start
from collection.services.reports import partner_report
from collection.services.safety_cases import case_advance, case_note
from collection.services.surveys import supporter_survey_submit
from collection.services.team_messages import team_message_answer, team_message_write, team_messages_seen
from study.clock import database_now
from study.models import Participation
from study.models.participant import Outcome, Role
from study.services.withdrawals import participant_withdraw
from tests.support.canaries import places_holding
from tests.support.factories import (
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_participation,
    make_study,
    pair_up,
    qualify,
)

pytestmark = pytest.mark.django_db
SIDES = (Role.SEEKER, Role.SUPPORTER)


def who(pair: Pair, role: str) -> Participation:
    """Return the participation of one side."""
    participation = pair.seat(role).participation
    assert participation is not None
    return participation


@pytest.mark.parametrize("role", SIDES)
def test_both_sides_may_report_and_the_other_is_paired_with_nobody_until_it_is_reviewed(role: str) -> None:
    pair = make_conversation()
    other = Role.SUPPORTER if role == Role.SEEKER else Role.SEEKER
    partner_report(who(pair, role), reason="sexual", text="He asks for pictures.", leave=True)
    case = SafetyCase.objects.get()
    assert (case.participation, case.severity, case.kind) == (who(pair, other), 3, "report")
    assert pair.refresh().seat(role).outcome == Outcome.SAFETY_EXIT
    # The other comes back later, and somebody new waits for them.
    again = _back(pair, other)
    newcomer = make_participation(pair.conversation.study, role=role)
    ticket, waiting = ticket_open(again), ticket_open(newcomer)
    assert ticket_pair(ticket.pk) is None
    assert ticket_pair(waiting.pk) is None
    case_advance(
        case, CaseEvent.CLOSE, by=None, now=database_now(), resolution=Resolution.NO_ACTION, note="A joke."
    )
    assert ticket_pair(waiting.pk) is not None


def _back(pair: Pair, role: str) -> Participation:
    """The same person, in a new participation."""
    first = who(pair, role)
    again = make_participation(pair.conversation.study, role=role)
    Participation.objects.filter(pk=again.pk).update(participant=first.participant)
    pair.seat(role).__class__.objects.filter(pk=pair.seat(role).pk).update(released_at=database_now())
    again.refresh_from_db()
    if role == Role.SUPPORTER:
        qualify(again)
    return again


def test_who_stays_reported_stays_apart() -> None:
    pair = make_conversation()
    partner_report(who(pair, Role.SEEKER), reason="harassment")
    case_advance(
        SafetyCase.objects.get(),
        CaseEvent.CLOSE,
        by=None,
        now=database_now(),
        resolution=Resolution.KEPT_APART,
    )
    assert PairingFreeze.objects.get().lifted_at is None


def test_a_report_does_not_end_the_chat_unless_it_is_asked_to_and_counts_once() -> None:
    pair = make_conversation()
    first = partner_report(who(pair, Role.SEEKER), reason="other", text="Hm.")
    assert partner_report(who(pair, Role.SEEKER), reason="sexual", text="Again.") == first
    assert pair.refresh().conversation.state == State.CHATTING
    partner_report(who(pair, Role.SEEKER), reason="sexual", leave=True)
    pair.refresh()
    assert (pair.seeker.outcome, pair.supporter.outcome) == (Outcome.SAFETY_EXIT, Outcome.PARTNER_LEFT)
    assert PartnerReport.objects.count() == 1


def test_both_may_report_each_other() -> None:
    pair = make_conversation()
    for role in SIDES:
        partner_report(who(pair, role), reason="other")
    assert SafetyCase.objects.filter(kind="report").count() == 2


def test_without_a_partner_or_a_reason_there_is_nothing_to_report() -> None:
    with pytest.raises(NothingToReport):
        partner_report(make_participation(), reason="other")
    with pytest.raises(NothingToReport):
        partner_report(who(make_conversation(), Role.SEEKER), reason="boredom")


def test_a_program_can_be_reported_and_nobody_is_frozen() -> None:
    seeker = make_participation(make_study(is_demo=True))
    practice_start(seeker)
    partner_report(seeker, reason="dangerous")
    assert SafetyCase.objects.get().participation == seeker
    assert not PairingFreeze.objects.exists()


def test_a_supporter_hands_a_chat_on_without_loss_and_the_seeker_is_paid() -> None:
    pair = make_conversation()
    assert may_pass(pair.supporter)
    conversation_end(seat_id=pair.supporter.pk, manner="pass")
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)
    pair.refresh()
    assert (pair.conversation.end_reason, pair.seeker.outcome) == ("supporter_passed", Outcome.PARTNER_LEFT)
    rewards = pair.conversation.protocol_version.protocol.rewards
    full = rewards.amount(Outcome.COMPLETED, role=Role.SUPPORTER)
    entry = who(pair, Role.SUPPORTER).ledger.get(reason="outcome:safety_exit")
    assert entry.amount == full


def test_handing_on_is_the_supporter_s_and_so_often_a_day() -> None:
    pair = make_conversation()
    assert not may_pass(pair.seeker)
    with pytest.raises(NoMorePasses):
        conversation_end(seat_id=pair.seeker.pk, manner="pass")
    person = who(pair, Role.SUPPORTER).participant
    limit = pair.conversation.protocol_version.protocol.safety.care.passes_per_day
    earlier = [make_conversation() for _number in range(limit)]
    for other in earlier:
        Participation.objects.filter(pk=who(other, Role.SUPPORTER).pk).update(participant=person)
        conversation_end(seat_id=other.supporter.pk, manner="pass")
    with pytest.raises(NoMorePasses):
        conversation_end(seat_id=pair.supporter.pk, manner="pass")
    yesterday = database_now() - timedelta(days=1, seconds=1)
    Conversation.objects.filter(pk=earlier[0].conversation.pk).update(ended_at=yesterday)
    conversation_end(seat_id=pair.supporter.pk, manner="pass")


def test_a_ready_check_is_passed_on_freely_and_these_two_do_not_meet_again() -> None:
    study = make_study()
    seeker, supporter = make_participation(study), make_participation(study, role=Role.SUPPORTER)
    pair = pair_up(seeker, supporter, state=State.READY_CHECK)
    ready_check_pass(pair.supporter.pk)
    waiting = Ticket.objects.filter(state=TicketState.WAITING)
    assert waiting.count() == 2
    assert [ticket_pair(ticket.pk) for ticket in waiting] == [None, None]
    other = ticket_open(make_participation(study, role=Role.SUPPORTER))
    met = ticket_pair(other.pk)
    assert met is not None
    assert met.seats.filter(participation=seeker).exists()


def test_a_message_reaches_the_queue_and_is_answered_on_the_participant_s_page() -> None:
    participation = make_participation()
    team_message_write(participation.pk, text="May I stop?", client_uid="form-1")
    team_message_write(participation.pk, text="May I stop?", client_uid="form-1")
    assert TeamMessage.objects.count() == 1
    case = SafetyCase.objects.get()
    assert (case.kind, case.state) == ("message", "open")
    staff = get_user_model().objects.create_user("reviewer")
    team_message_answer(case, text="Of course.", by=staff, client_uid="form-2")
    participation.refresh_from_db()
    assert participation.team_answered
    assert TeamMessage.objects.get(author="participant").read_at is not None
    team_messages_seen(participation.pk)
    participation.refresh_from_db()
    assert not participation.team_answered


def test_an_urgent_message_to_the_team_shows_the_card_too() -> None:
    participation = make_participation()
    team_message_write(participation.pk, text="I want to die.", client_uid="form-1")
    assert set(SafetyCase.objects.values_list("kind", "severity")) == {("message", 2), ("phrases", 3)}
    participation.refresh_from_db()
    assert participation.card_at is not None


def test_an_empty_message_is_refused() -> None:
    with pytest.raises(TextEmpty):
        team_message_write(make_participation().pk, text=" \n", client_uid="form-1")


def test_a_withdrawal_leaves_no_word_of_threads_reports_and_notes() -> None:
    pair = make_conversation()
    seeker = who(pair, Role.SEEKER)
    partner_report(seeker, reason="other", text="canaryreport")
    message = team_message_write(seeker.pk, text="canarymessage", client_uid="canaryuid")
    case = SafetyCase.objects.get(kind="message")
    staff = get_user_model().objects.create_user("reviewer")
    team_message_answer(case, text="You said canaryanswer", by=staff, client_uid="form-2")
    case_note(case, "read", by=staff, now=database_now(), note="canarynote")
    case_note(
        SafetyCase.objects.get(kind="report"), "read", by=staff, now=database_now(), note="canarysecond"
    )
    words = ["canaryreport", "canarymessage", "canaryanswer", "canarynote", "canarysecond", "canaryuid"]
    assert len(places_holding(words)) == len(words)
    receipt = participant_withdraw(seeker.participant_id)
    assert places_holding(words) == []
    assert receipt.erased["team_messages"] == 3
    assert TeamMessage.objects.filter(pk=message.pk).exists()
    assert CaseStep.objects.exclude(note="").count() == 0
