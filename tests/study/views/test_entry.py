"""Tests of the doors: recruiting links, previews, frames, invitations, the anonymous link."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from study.domain.recruitment import Part
from study.models import Participation, ResumeCode, Study
from study.models.participant import Outcome, Role
from study.services.participations import consent_give, participation_end
from study.services.recruitment import recruitment_set
from study.services.studies import invitation_create
from tests.support.factories import make_study

pytestmark = pytest.mark.django_db
MTURK = {"workerId": "w1", "assignmentId": "a1", "hitId": "h1", "turkSubmitTo": "https://www.mturk.com"}
LINKS = {
    "prolific": {"PROLIFIC_PID": "5f1c", "STUDY_ID": "9", "SESSION_ID": "77ab"},
    "connect": {"participantId": "5f1c", "assignmentId": "77ab", "projectId": "p"},
    "sona": {"sona_id": "4711"},
    "mturk": MTURK,
    "panel": {"id": "77ab"},
}


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


def go(
    study: Study, provider: str, parameters: dict[str, str], browser: Client | None = None, **headers: str
):  # type: ignore[no-untyped-def]
    return (browser or Client()).get(
        reverse("study:arrive", args=[provider, study.slug]), parameters, headers=headers
    )


@pytest.mark.parametrize("provider", LINKS)
def test_the_same_submission_on_two_devices_is_one_participation(provider: str) -> None:
    study = make_study()
    places = {go(study, provider, LINKS[provider]).headers["Location"] for _device in range(2)}
    assert places == {reverse("journey", args=[Participation.objects.get().public_id])}


@pytest.mark.parametrize("provider", LINKS)
def test_a_link_that_was_not_filled_in_gets_a_friendly_page(provider: str) -> None:
    study = make_study()
    broken = {name: "{{%X%}}" if name != "turkSubmitTo" else value for name, value in LINKS[provider].items()}
    answer = go(study, provider, broken)
    assert answer.status_code == 400
    assert "not filled in" in answer.content.decode()
    assert not Participation.objects.exists()


def test_a_preview_creates_nothing() -> None:
    answer = go(make_study(), "mturk", {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE", "hitId": "h"})
    assert "preview" in answer.content.decode()
    assert not Participation.objects.exists()


def test_a_foreign_address_of_return_lets_nobody_in() -> None:
    answer = go(make_study(), "mturk", MTURK | {"turkSubmitTo": "https://evil.example"})
    assert answer.status_code == 400
    assert not Participation.objects.exists()


def test_only_the_site_s_frame_shows_the_task_and_it_opens_a_tab_of_its_own() -> None:
    study = make_study()
    framed = go(study, "mturk", MTURK, **{"Sec-Fetch-Dest": "iframe"})
    policy = framed.headers["Content-Security-Policy"]
    assert "frame-ancestors https://workersandbox.mturk.com https://www.mturk.com" in policy
    assert "X-Frame-Options" not in framed.headers
    assert 'target="_blank"' in framed.content.decode()
    assert not Participation.objects.exists()
    elsewhere = go(study, "prolific", LINKS["prolific"], **{"Sec-Fetch-Dest": "iframe"})
    assert "frame-ancestors 'none'" in elsewhere.headers["Content-Security-Policy"]


def test_at_mechanical_turk_the_end_is_a_form_that_only_its_own_page_may_send() -> None:
    browser = Client()
    go(make_study(), "mturk", MTURK, browser)
    mine = participation_end(Participation.objects.get().pk, outcome=Outcome.NO_CONSENT)
    end = browser.get(reverse("study:end", args=[mine.public_id]))
    page = end.content.decode()
    assert '<form method="post" action="https://www.mturk.com/mturk/externalSubmit">' in page
    assert '<input type="hidden" name="assignmentId" value="a1">' in page
    form = page.split('action="https://www.mturk.com')[1].split("</form>")[0]
    assert "csrfmiddlewaretoken" not in form
    assert "form-action 'self' https://www.mturk.com" in end.headers["Content-Security-Policy"]


def test_elsewhere_forms_go_nowhere_else() -> None:
    browser = Client()
    go(make_study(), "prolific", LINKS["prolific"], browser)
    mine = participation_end(Participation.objects.get().pk, outcome=Outcome.NO_CONSENT)
    end = browser.get(reverse("study:end", args=[mine.public_id]))
    assert "form-action 'self'" in end.headers["Content-Security-Policy"]
    assert "mturk" not in end.headers["Content-Security-Policy"]


def test_at_sona_the_end_carries_the_site_s_own_code() -> None:
    study = make_study()
    template = "https://uni.sona-systems.com/webstudy_credit.aspx?experiment_id=7&credit_token=t&survey_code={session}"
    recruitment_set(study, provider="sona", finish_url=template)
    browser = Client()
    go(study, "sona", LINKS["sona"], browser)
    mine = Participation.objects.get()
    consent_give(mine.pk, public_release=False, contact_again=False)
    participation_end(mine.pk, outcome=Outcome.COMPLETED)
    page = browser.get(reverse("study:end", args=[mine.public_id])).content.decode()
    assert "experiment_id=7&amp;credit_token=t&amp;survey_code=4711" in page


def test_a_study_names_connect_s_parameters_and_page_of_return_itself() -> None:
    study = make_study()
    recruitment_set(
        study,
        provider="connect",
        person_parameter="who",
        session_parameter="task",
        finish_url="https://connect.cloudresearch.com/participant/project/ABC/complete",
    )
    browser = Client()
    assert go(study, "connect", LINKS["connect"]).status_code == 400
    assert go(study, "connect", {"who": "1", "task": "2"}, browser).status_code == 302
    mine = participation_end(Participation.objects.get().pk, outcome=Outcome.NO_CONSENT)
    page = browser.get(reverse("study:end", args=[mine.public_id])).content.decode()
    assert 'href="https://connect.cloudresearch.com/participant/project/ABC/complete"' in page


def test_a_part_that_is_not_set_up_is_no_door() -> None:
    study = make_study()
    url = reverse("study:arrive_part", args=["prolific", study.slug, Part.TRAINING.value])
    assert Client().get(url, LINKS["prolific"]).status_code == 404
    assert Client().get(url.replace("training", "elsewhere"), LINKS["prolific"]).status_code == 404


def test_an_invitation_brings_its_cohort_along() -> None:
    token = invitation_create(make_study(), role=Role.SEEKER, cohort="spring", max_uses=3)
    Client().get(reverse("study:arrive_invited", args=[token]))
    assert Participation.objects.get().cohort == "spring"


def test_the_anonymous_link_gives_a_code_that_leads_back_on_any_device() -> None:
    study = make_study()
    recruitment_set(study, provider="anonymous")
    url = reverse("study:anonymous", args=[study.slug])
    page = Client().post(url, {"start": "1"}).content.decode()
    code = re.search(r"<code[^>]*>([a-z]+-[a-z]+-\d{4})</code>", page)
    assert code is not None
    mine = Participation.objects.get()
    assert code[1] not in repr(list(ResumeCode.objects.values()))
    for typed in (code[1], code[1].upper(), f"  {code[1].replace('-', ' ')} "):
        answer = Client().post(url, {"code": typed})
        assert answer.headers["Location"] == reverse("journey", args=[mine.public_id])
    other = make_study()
    recruitment_set(other, provider="anonymous")
    assert Client().post(reverse("study:anonymous", args=[other.slug]), {"code": code[1]}).status_code == 400


def test_codes_cannot_be_tried_without_end() -> None:
    study = make_study()
    recruitment_set(study, provider="anonymous")
    url = reverse("study:anonymous", args=[study.slug])
    answers = [Client().post(url, {"code": f"calm-river-{n:04}"}).content.decode() for n in range(12)]
    assert sum("not known here" in answer for answer in answers) == 10
    assert sum("many tries" in answer for answer in answers) == 2


def test_a_study_without_the_anonymous_link_has_none() -> None:
    assert Client().get(reverse("study:anonymous", args=[make_study().slug])).status_code == 404


def _end_as(outcome: str) -> Participation:
    participation = Participation.objects.get()
    participation_end(participation.pk, outcome=outcome)
    return participation


def test_who_has_taken_part_already_is_told_so_and_finds_the_earlier_result_in_the_same_browser() -> None:
    url = reverse("study:arrive", args=["prolific", make_study().slug])
    browser = Client()
    browser.get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s1"})
    earlier = _end_as("completed")
    page = browser.get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s2"}).content.decode()
    assert "You have already taken part" in page
    assert reverse("study:end", args=[earlier.public_id]) in page
    assert Participation.objects.count() == 1
    # The same submission still leads to its end.
    answer = browser.get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s1"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("study:end", args=[earlier.public_id])


def test_another_browser_learns_nothing_by_a_person_s_id() -> None:
    study = make_study()
    url = reverse("study:arrive", args=["prolific", study.slug])
    Client().get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s1"})
    earlier = _end_as("completed")
    stranger = Client()
    page = stranger.get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s2"}).content.decode()
    assert "You have already taken part" in page
    assert study.contact in page
    assert earlier.public_id not in page
    assert stranger.get(reverse("study:end", args=[earlier.public_id])).status_code == 404


@pytest.mark.parametrize("outcome", ["no_match", "technical_failure", "no_consent", "timed_out"])
def test_who_could_not_take_part_may_come_again(outcome: str) -> None:
    url = reverse("study:arrive", args=["prolific", make_study().slug])
    Client().get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s1"})
    _end_as(outcome)
    assert Client().get(url, {"PROLIFIC_PID": "p1", "SESSION_ID": "s2"}).status_code == 302
    assert Participation.objects.count() == 2
