"""Tests of what reviewers may do about a case, and of the sample that shows what the phrases miss."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from collection.api import safety_open_counts
from collection.domain.errors import CaseRefused
from collection.domain.exits import EndReason
from collection.domain.lifecycle import IllegalTransition
from collection.domain.safety import TRANSITIONS, CaseEvent, CaseState, Resolution, advance_case
from collection.models import RiskSample, SafetyCase, TeamMessage
from collection.safety_queue import case_context, safety_cases
from collection.services import safety_actions as actions
from collection.services.conversations import conversation_stop
from collection.services.reports import partner_report
from collection.services.risk_samples import sample_draw, sample_figures, sample_judge, sample_next
from qualitycontrol.models import AuditEvent
from study.clock import database_now
from study.models import Study
from study.models.participant import Outcome, Role
from tests.support.factories import make_conversation, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:
    return get_user_model().objects.create_user("reviewer")


def raised(text: str = "I want to die.", study: Study | None = None) -> SafetyCase:
    pair = make_conversation(study)
    pair.say(Role.SEEKER, "My mail is ada@example.org.")
    pair.say(Role.SEEKER, text)
    return SafetyCase.objects.get(conversation=pair.conversation)


@pytest.mark.parametrize(("state", "event"), list(product(CaseState, CaseEvent)))
def test_only_the_steps_of_the_table_exist(state: CaseState, event: CaseEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert advance_case(state, event) == TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalTransition):
            advance_case(state, event)


def test_a_case_is_taken_answered_and_closed_with_a_journal(staff: Any) -> None:
    case = raised()
    actions.case_acknowledge(case.pk, by=staff)
    actions.case_acknowledge(case.pk, by=staff)
    actions.case_contact(case.pk, by=staff, text="We are here.", client_uid="one")
    actions.case_contact(case.pk, by=staff, text="We are here.", client_uid="one")
    actions.case_close(case.pk, by=staff, resolution=Resolution.CONTACTED, note="Wrote to them.")
    case.refresh_from_db()
    assert (case.state, case.resolution, case.taken_by) == ("closed", "contacted", staff)
    assert list(case.steps.values_list("what", flat=True)) == ["raised", "acknowledge", "wrote", "close"]
    assert TeamMessage.objects.get().author == "team"


def test_ending_the_conversation_pays_both_and_says_so(staff: Any) -> None:
    case = raised()
    actions.case_end_conversation(case.pk, by=staff, note="Danger.")
    assert case.conversation is not None
    case.conversation.refresh_from_db()
    assert case.conversation.end_reason == EndReason.TEAM_ENDED
    assert set(case.conversation.seats.values_list("outcome", flat=True)) == {Outcome.SAFETY_EXIT}
    with pytest.raises(CaseRefused):
        actions.case_end_conversation(case.pk, by=staff, note="Again.")


def test_every_decision_needs_a_reason(staff: Any) -> None:
    case = raised()
    for refused in (
        lambda: actions.case_close(case.pk, by=staff, resolution=Resolution.NO_ACTION, note=" "),
        lambda: actions.case_escalate(case.pk, by=staff, note=""),
        lambda: actions.case_end_conversation(case.pk, by=staff, note=""),
        lambda: actions.case_close(case.pk, by=staff, resolution=Resolution.KEPT_APART, note="No report."),
    ):
        with pytest.raises(CaseRefused):
            refused()
    case.refresh_from_db()
    assert case.state == "open"


def test_a_closed_case_is_taken_up_again_unless_a_newer_one_is_open(staff: Any) -> None:
    case = raised()
    actions.case_close(case.pk, by=staff, resolution=Resolution.NO_ACTION, note="A song.")
    actions.case_reopen(case.pk, by=staff, note="Not a song.")
    assert SafetyCase.objects.get(pk=case.pk).state == "acknowledged"
    actions.case_close(case.pk, by=staff, resolution=Resolution.NO_ACTION, note="A song.")
    SafetyCase.objects.create(
        study=case.study,
        participation=case.participation,
        conversation=case.conversation,
        kind=case.kind,
        severity=2,
        raised_at=database_now(),
    )
    with pytest.raises(CaseRefused):
        actions.case_reopen(case.pk, by=staff, note="Both.")


def test_reading_the_context_is_written_down_twice_and_masks_what_identifies(staff: Any) -> None:
    case = actions.case_context_read(raised().pk, by=staff)
    assert case.steps.filter(what="read", by=staff).count() == 1
    audit = AuditEvent.objects.get()
    assert (audit.user, audit.conversation, audit.action) == (staff, case.conversation, "transcript_read")
    lines = case_context(case).lines
    assert [line.text for line in lines] == ["My mail is [email].", "I want to die."]
    assert [line.rules for line in lines] == [(), ("self_harm_intent",)]


def test_the_queue_puts_what_presses_first(staff: Any) -> None:
    study = make_study()
    mild, urgent = raised("There was a suicide.", study), raised(study=study)
    escalated = raised("There was a suicide.", study)
    actions.case_escalate(escalated.pk, by=staff, note="Ask the board.")
    assert [case.pk for case in safety_cases(study=study)] == [escalated.pk, urgent.pk, mild.pk]
    SafetyCase.objects.filter(pk=urgent.pk).update(due_at=database_now() - timedelta(seconds=1))
    assert safety_open_counts(study) == {"open": 2, "urgent": 1, "overdue": 1}
    assert safety_open_counts(make_study()) == {"open": 0, "urgent": 0, "overdue": 0}


def test_the_clock_runs_by_the_study_s_monitoring_mode() -> None:
    live = make_study()
    Study.objects.filter(pk=live.pk).update(monitoring="live")
    case = raised(study=live)
    assert case.due_at == case.raised_at + timedelta(minutes=15)
    assert raised().due_at is None


def test_a_report_s_words_stand_in_the_context_masked() -> None:
    pair = make_conversation()
    assert pair.seeker.participation is not None
    partner_report(pair.seeker.participation, reason="personal", text="wants my mail ada@example.org")
    case = SafetyCase.objects.get()
    assert case_context(case).reports == (("personal", "wants my mail [email]"),)


def test_the_sample_is_repeatable_and_its_figures_come_from_the_judgements(staff: Any) -> None:
    study = make_study()
    pair = make_conversation(study)
    for number in range(30):
        pair.say(Role.SEEKER, f"Nothing much on day {number}.")
    pair.say(Role.SEEKER, "I want to die.")
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    assert sample_draw(study, seed=7) == 3  # the flagged one and 5 % of thirty, rounded
    drawn = set(RiskSample.objects.values_list("utterance__ordinal", flat=True))
    assert sample_draw(study, seed=7) == 0
    RiskSample.objects.all().delete()
    sample_draw(study, seed=7)
    assert set(RiskSample.objects.values_list("utterance__ordinal", flat=True)) == drawn
    assert 31 in drawn
    assert sample_figures(study).precision is None
    while (item := sample_next(study)) is not None:
        sample_judge(item.pk, needs_care=item.flagged, by=staff)
    found = sample_figures(study)
    assert found.precision is not None
    assert found.recall is not None
    assert (found.precision.value, found.recall.value) == (1.0, 1.0)
    assert found.recall.low < 0.2  # two unflagged messages say little
    with pytest.raises(CaseRefused):
        sample_judge(0, needs_care=True, by=staff)
