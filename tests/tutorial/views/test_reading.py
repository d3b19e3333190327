"""The tutorial's pages as a browser without JavaScript meets them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from study.models import Participation
from study.models.participant import Outcome, Role
from study.services.participations import participation_end
from tests.support.training import browser_of, finish_page, finish_tutorial, make_supporter, take_exam
from tutorial import api
from tutorial.models import PageProgress, QuizAnswer
from tutorial.selectors import progress

pytestmark = pytest.mark.django_db


def url(participation: Participation, name: str, *args: object) -> str:
    return reverse(f"tutorial:{name}", args=[participation.public_id, *args])


def answer(browser: Client, participation: Participation, page: str, question: int, place: int) -> str:
    """Answer a question of a quiz and return the page that it leads to."""
    response = browser.post(
        url(participation, "quiz", page, question), {f"q{question}-answer": place}, follow=True
    )
    assert response.status_code == 200
    return response.content.decode()


def test_the_way_through_the_tutorial_by_forms_alone() -> None:
    participation = make_supporter()
    browser = browser_of(participation)
    for count, (page, places) in enumerate(api.quiz_positions(participation).items()):
        home = browser.get(url(participation, "overview")).content.decode()
        assert f"{min(count, 11)} of 11" in home
        assert url(participation, "page", page) in home
        assert browser.get(url(participation, "page", page)).status_code == 200
        for question, place in enumerate(places, start=1):
            assert "Answered right" in answer(browser, participation, page, question, place)
        response = browser.post(url(participation, "complete", page))
        assert response.status_code == 302
        assert PageProgress.objects.get(page=page).finished_at is not None
    assert response["Location"] == url(participation, "overview")
    home = browser.get(url(participation, "overview")).content.decode()
    assert url(participation, "exam") in home


def test_a_page_teaches_everything_it_has() -> None:
    participation = make_supporter()
    text = (
        browser_of(participation).get(url(participation, "page", "reflection_of_feelings")).content.decode()
    )
    for part in (
        "Page 6 of 11",
        "When it helps",
        "When it does not",
        "A poor reply",
        "A good reply",
        "In one line",
    ):
        assert part in text
    assert text.count('class="excerpt-turn') >= 4


def test_feedback_is_shown_for_the_chosen_option_only() -> None:
    participation = make_supporter()
    browser = browser_of(participation)
    page = progress(participation).steps[0].page
    every = {option.feedback for item in page.quiz for option in item.options}
    blank = browser.get(url(participation, "page", page.key)).content.decode()
    assert not [feedback for feedback in every if escape(feedback) in blank]
    right = api.quiz_positions(participation)[page.key][0]
    wrong = right % len(page.quiz[0].options) + 1
    text = answer(browser, participation, page.key, 1, wrong)
    assert "Not this one." in text
    chosen = QuizAnswer.objects.get().option
    shown = {feedback for feedback in every if escape(feedback) in text}
    assert shown == {page.quiz[0].options[chosen].feedback}
    assert "Yes." in answer(browser, participation, page.key, 1, right)


def test_going_on_without_the_right_answers_says_so_and_saves_nothing() -> None:
    participation = make_supporter()
    response = browser_of(participation).post(url(participation, "complete", "action"), follow=True)
    assert "answer every question of this page first" in response.content.decode()
    assert not PageProgress.objects.filter(finished_at__isnull=False).exists()


@pytest.mark.parametrize("data", [{}, {"q1-answer": "5"}, {"q1-answer": "x"}, {"q1-answer": "1 OR 1=1"}])
def test_an_answer_that_is_none_is_asked_for_again(data: dict[str, str]) -> None:
    participation = make_supporter()
    response = browser_of(participation).post(url(participation, "quiz", "action", 1), data)
    assert response.status_code == 200
    assert 'class="errors"' in response.content.decode()
    assert not QuizAnswer.objects.exists()


def test_pages_and_questions_that_do_not_exist_are_not_found() -> None:
    participation = make_supporter()
    browser = browser_of(participation)
    assert browser.get(url(participation, "page", "nowhere")).status_code == 404
    assert browser.post(url(participation, "quiz", "action", 9)).status_code == 404
    assert browser.post(url(participation, "complete", "nowhere")).status_code == 404


def test_only_the_browser_of_the_participation_gets_in() -> None:
    participation = make_supporter()
    assert Client().get(url(participation, "overview")).status_code == 404
    assert browser_of(make_supporter()).get(url(participation, "overview")).status_code == 404


def test_seekers_are_sent_to_where_they_stand() -> None:
    seeker = make_supporter(role=Role.SEEKER)
    browser = browser_of(seeker)
    for target in (url(seeker, "overview"), url(seeker, "page", "action"), url(seeker, "exam")):
        assert browser.get(target)["Location"] == reverse("journey", args=[seeker.public_id])
    assert browser.post(url(seeker, "start", 1))["Location"] == reverse("journey", args=[seeker.public_id])


def test_an_ended_participation_has_no_training_any_more() -> None:
    participation = make_supporter()
    participation_end(participation.pk, outcome=Outcome.WITHDRAWN)
    browser = browser_of(participation)
    for name, *args in (("overview",), ("page", "action")):
        response = browser.get(url(participation, name, *args))
        assert response["Location"] == reverse("journey", args=[participation.public_id])
    assert not PageProgress.objects.exists()


def test_every_page_may_be_read_again_after_passing() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    take_exam(participation)
    before = list(PageProgress.objects.values_list("page", "opened_at", "finished_at"))
    browser = browser_of(participation)
    home = browser.get(url(participation, "overview")).content.decode()
    assert reverse("journey", args=[participation.public_id]) in home
    for step in progress(participation).steps:
        assert browser.get(url(participation, "page", step.page.key)).status_code == 200
    assert list(PageProgress.objects.values_list("page", "opened_at", "finished_at")) == before


def test_the_training_needs_no_script_and_repeats_no_id() -> None:
    participation = make_supporter()
    finish_page(participation, "exploration")
    browser = browser_of(participation)
    for target in ("exploration", "question", "risk_words"):
        text = browser.get(url(participation, "page", target)).content.decode()
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert " style=" not in text
        assert not re.search(r"\son[a-z]+=", text)
