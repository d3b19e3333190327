"""Every outcome ends on its page, with its code, status and ledger row, through the doors that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.models import Ticket
from collection.services.conversations import conversation_end, conversation_stop
from collection.services.lobby import ticket_open
from collection.services.sweeps import sweep_deadlines
from study.clock import database_now
from study.domain.completion import GROUPS
from study.domain.recruitment import Part
from study.models import CompletionCode, LedgerEntry, Participation, Recruitment, Study
from study.models.participant import Outcome, Role
from study.selectors import ledger_total
from study.services.recruitment import recruitment_set
from tests.support.factories import (
    PRE_CHAT,
    SEEKER_ANSWERS,
    Pair,
    make_older,
    make_participation,
    make_study,
    pair_up,
    qualify,
)
from tests.support.training import finish_tutorial, take_exam

pytestmark = pytest.mark.django_db


@dataclass
class Person:
    """Somebody from Prolific with a browser."""

    browser: Client
    participation: Participation

    def page(self, name: str) -> str:
        return reverse(name, args=[self.participation.public_id])

    def post(self, name: str, **data: object) -> None:
        answer = self.browser.post(self.page(name), data)
        assert answer.status_code == 302, answer.content.decode()

    def refresh(self) -> Participation:
        self.participation.refresh_from_db()
        return self.participation


def arrive(study: Study, part: Part, number: int = 1) -> Person:
    """Come by the link that the site was given."""
    browser = Client()
    url = reverse("study:arrive_part", args=["prolific", study.slug, part.value])
    assert browser.get(url, {"PROLIFIC_PID": f"p{number}", "SESSION_ID": f"s{number}"}).status_code == 302
    return Person(browser, Participation.objects.latest("pk"))


def agree(person: Person) -> Person:
    person.post("study:consent", take_part="on", public_release="on")
    # The task fixes the role: nobody is asked.
    person.browser.get(person.page("study:role"))
    assert person.refresh().role == person.participation.fixed_role
    return person


def survey(person: Person) -> Person:
    person.post(
        "collection:pre_chat",
        problem=PRE_CHAT.problem,
        emotion=PRE_CHAT.emotion,
        experience=PRE_CHAT.experience,
        intensity=PRE_CHAT.intensity_before,
        situation=PRE_CHAT.situation,
    )
    return person


def chatting(study: Study) -> tuple[Person, Pair]:
    person = survey(agree(arrive(study, Part.SEEKER)))
    return person, pair_up(person.participation, make_participation(study, role=Role.SUPPORTER))


def answer(person: Person) -> None:
    person.post(
        "collection:post_chat",
        intensity=SEEKER_ANSWERS.intensity_after,
        empathy=SEEKER_ANSWERS.empathy,
        relevance=SEEKER_ANSWERS.relevance,
        ending=SEEKER_ANSWERS.ending,
    )


def no_consent(study: Study) -> Person:
    person = arrive(study, Part.SEEKER)
    person.post("study:consent", decline="1")
    return person


def completed(study: Study) -> Person:
    person, pair = chatting(study)
    for _turn in range(10):
        pair.say(Role.SEEKER)
        pair.say(Role.SUPPORTER)
    make_older(pair, seconds=900)
    conversation_end(seat_id=pair.seeker.pk, manner="finish")
    answer(person)
    return person


def partner_left(study: Study) -> Person:
    person, pair = chatting(study)
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    answer(person)
    person.post("collection:again", finish="1")
    return person


def left_early(study: Study) -> Person:
    person, pair = chatting(study)
    conversation_end(seat_id=pair.seeker.pk, manner="leave")
    # The questions may be left out.
    person.post("leave", leave="1")
    return person


def safety_exit(study: Study) -> Person:
    person, _pair = chatting(study)
    person.post("collection:safety_exit")
    answer(person)
    return person


def technical_failure(study: Study) -> Person:
    person, pair = chatting(study)
    conversation_stop(pair.conversation.pk, reason=EndReason.TECHNICAL)
    answer(person)
    person.post("collection:again", finish="1")
    return person


def no_match(study: Study) -> Person:
    person = survey(agree(arrive(study, Part.SEEKER)))
    assert person.browser.get(person.page("collection:lobby")).status_code == 200
    person.post("leave", leave="1")
    return person


def withdrawn(study: Study) -> Person:
    person, _pair = chatting(study)
    person.post("study:withdraw", confirm="1")
    return person


def timed_out(study: Study) -> Person:
    person = agree(arrive(study, Part.SEEKER))
    past = database_now() - timedelta(days=2)
    Participation.objects.filter(pk=person.participation.pk).update(entered_at=past, active_at=past)
    assert sweep_deadlines()["idle"] == 1
    return person


def passed_training(study: Study) -> Person:
    person = agree(arrive(study, Part.TRAINING))
    finish_tutorial(person.participation)
    take_exam(person.participation)
    return person


def failed_training(study: Study) -> Person:
    person = agree(arrive(study, Part.TRAINING))
    finish_tutorial(person.participation)
    take_exam(person.participation, all_wrong=True)
    take_exam(person.participation, all_wrong=True)
    return person


WAYS: dict[str, tuple[Callable[[Study], Person], str, dict[str, str]]] = {
    Outcome.COMPLETED: (completed, "03", {"outcome:completed": "6.80", "wait": "0.20"}),
    Outcome.PARTNER_LEFT: (partner_left, "02", {"outcome:partner_left": "6.80", "wait": "0.20"}),
    Outcome.LEFT_EARLY: (left_early, "01", {"outcome:left_early": "1.30", "wait": "0.20"}),
    Outcome.FAILED_TRAINING: (failed_training, "00", {"training": "6.00"}),
    Outcome.PASSED_TRAINING: (passed_training, "", {"training": "6.00"}),
    Outcome.NO_MATCH: (no_match, "", {"outcome:no_match": "1.30", "wait": "0.20"}),
    Outcome.SAFETY_EXIT: (safety_exit, "", {"outcome:safety_exit": "6.80", "wait": "0.20"}),
    Outcome.TECHNICAL_FAILURE: (technical_failure, "", {"outcome:technical_failure": "6.80", "wait": "0.20"}),
    Outcome.NO_CONSENT: (no_consent, "", {}),
    Outcome.WITHDRAWN: (withdrawn, "", {"outcome:withdrawn": "1.30", "wait": "0.20"}),
    Outcome.TIMED_OUT: (timed_out, "", {"outcome:timed_out": "1.30"}),
}


def test_every_outcome_has_a_way() -> None:
    assert set(WAYS) == set(Outcome)
    assert {outcome for group in GROUPS.values() for outcome in group.outcomes} == set(Outcome)


def _study() -> Study:
    study = make_study()
    for part in (Part.TRAINING, Part.SEEKER):
        recruitment_set(study, provider="prolific", part=part)
    return study


@pytest.mark.parametrize("outcome", WAYS)
def test_each_outcome_has_its_page_code_status_and_pay(outcome: str) -> None:
    go, status, ledger = WAYS[outcome]
    person = go(_study())
    mine = person.refresh()
    assert (mine.outcome, mine.exit_status) == (outcome, status)
    booked = dict(LedgerEntry.objects.filter(participation=mine).values_list("reason", "amount"))
    assert booked == {reason: Decimal(amount) for reason, amount in ledger.items()}

    answer = person.browser.get(person.page("journey"), follow=True)
    assert answer.redirect_chain[-1][0] == person.page("study:end")
    page = answer.content.decode()
    assert str(Outcome(outcome).label) in page
    assert f"{ledger_total(mine)} USD" in page or not ledger
    code = CompletionCode.objects.get(recruitment=mine.recruitment, outcome=outcome).code
    assert f">{code}</code>" in page
    assert f"https://app.prolific.com/submissions/complete?cc={code}" in page
    others = CompletionCode.objects.exclude(code=code).values_list("code", flat=True)
    assert [other for other in others if other in page] == []
    assert mine.completion_code not in page


@pytest.mark.parametrize("outcome", WAYS)
def test_every_page_of_somebody_who_has_ended_leads_to_the_end(outcome: str) -> None:
    person = WAYS[outcome][0](_study())
    for name in ("study:consent", "study:role", "collection:pre_chat", "collection:lobby", "collection:ready",
                 "collection:chat", "collection:post_chat", "leave"):  # fmt: skip
        answer = person.browser.get(person.page(name), follow=True)
        assert answer.redirect_chain[-1][0] == person.page("study:end"), name
        assert answer.status_code == 200


def test_no_page_before_the_end_shows_a_code() -> None:
    study = _study()
    person, _pair = chatting(study)
    codes = set(CompletionCode.objects.values_list("code", flat=True))
    for name in ("journey", "collection:chat"):
        page = person.browser.get(person.page(name), follow=True).content.decode()
        assert [code for code in codes if code in page] == []


def test_what_leaving_would_pay_is_what_leaving_pays() -> None:
    study = _study()
    person = survey(agree(arrive(study, Part.SEEKER)))
    ticket = ticket_open(person.participation)
    Ticket.objects.filter(pk=ticket.pk).update(since=ticket.since - timedelta(seconds=200))
    page = person.browser.get(person.page("leave")).content.decode()
    lobby = person.browser.get(person.page("collection:lobby")).content.decode()
    person.post("leave", leave="1")
    total = ledger_total(person.refresh())
    assert total == Decimal("2.10")  # 1.30 and four begun minutes
    assert f"<td>{total} USD</td>" in page
    assert f"if you left now, you would get {total} USD" in lobby


def test_in_the_chat_the_panel_says_what_leaving_would_pay_and_the_page_for_leaving_leads_back() -> None:
    person, pair = chatting(_study())
    page = person.browser.get(person.page("collection:chat")).content.decode()
    assert "If you left now, you would get 1.50 USD altogether" in page
    answer = person.browser.get(person.page("leave"), follow=True)
    assert answer.redirect_chain[-1][0] == person.page("collection:chat")
    person.browser.post(person.page("leave"), {"leave": "1"})
    assert pair.refresh().conversation.state == State.CHATTING
    conversation_end(seat_id=pair.seeker.pk, manner="leave")
    person.post("leave", leave="1")
    assert ledger_total(person.refresh()) == Decimal("1.50")


def test_who_has_passed_comes_back_by_the_second_task_as_a_supporter() -> None:
    study = _study()
    recruitment_set(study, provider="prolific", part=Part.SUPPORTER)
    trained = passed_training(study)
    browser = Client()
    url = reverse("study:arrive_part", args=["prolific", study.slug, "supporter"])
    browser.get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "another"})
    again = Person(browser, Participation.objects.latest("pk"))
    assert again.participation.participant_id == trained.participation.participant_id
    agree(again)
    answer = browser.get(again.page("journey"), follow=True)
    assert answer.redirect_chain[-1][0] == again.page("collection:lobby")
    assert again.participation.recruitment == Recruitment.objects.get(part=Part.SUPPORTER)


def test_who_is_qualified_already_has_the_training_s_end_at_once() -> None:
    study = _study()
    again = arrive(study, Part.TRAINING)
    browser = again.browser
    qualify(again.participation)
    agree(again)
    answer = browser.get(again.page("journey"), follow=True)
    assert answer.redirect_chain[-1][0] == again.page("study:end")
    assert again.refresh().outcome == Outcome.PASSED_TRAINING
    assert ledger_total(again.participation) == Decimal("0.00")
