"""The exam as a browser meets it, and everything that must never be in a byte of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from study.models import LedgerEntry, Participation
from study.models.participant import Outcome
from tests.support.training import browser_of, finish_tutorial, make_supporter, take_exam
from tutorial import api
from tutorial.domain.lifecycle import State
from tutorial.models import Attempt, AttemptItem, Qualification
from tutorial.selectors import attempt_list, items_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def participation() -> Participation:
    """A supporter who has worked through every page."""
    made = make_supporter()
    finish_tutorial(made)
    return made


@pytest.fixture
def browser(participation: Participation) -> Client:
    """That supporter's browser."""
    return browser_of(participation)


def url(participation: Participation, name: str, *args: object) -> str:
    return reverse(f"tutorial:{name}", args=[participation.public_id, *args])


def begin(browser: Client, participation: Participation, number: int = 1) -> Attempt:
    """Press the start button."""
    assert browser.post(url(participation, "start", number)).status_code == 302
    return attempt_list(participation)[-1]


def sit(
    browser: Client, participation: Participation, attempt: Attempt, *, all_wrong: bool = False
) -> Iterator[HttpResponse]:
    """Go through an attempt by its pages, giving every response on the way; the last is the result."""
    for ordinal, (key, place) in enumerate(api.correct_positions(attempt).items(), start=1):
        page = url(participation, "question", attempt.number, ordinal)
        yield browser.get(page)
        size = len(attempt.items.get(item_key=key).option_order)
        chosen = place % size + 1 if all_wrong else place
        yield browser.post(page, {f"q{ordinal}-answer": chosen})
    yield browser.get(url(participation, "review", attempt.number))
    yield browser.post(url(participation, "submit", attempt.number))
    yield browser.get(url(participation, "result", attempt.number))


def test_from_the_hall_to_the_lobby(browser: Client, participation: Participation) -> None:
    hall = browser.get(url(participation, "exam")).content.decode()
    assert "11 questions on what you have read, and 3 on keeping people safe" in hall
    attempt = begin(browser, participation)
    *_way, result = sit(browser, participation, attempt)
    text = result.content.decode()
    assert "You have passed" in text
    assert "11 of 11" in text
    assert reverse("journey", args=[participation.public_id]) in text
    here = browser.get(reverse("journey", args=[participation.public_id]))
    assert here["Location"] == reverse("collection:lobby", args=[participation.public_id])


def test_failing_twice_leads_to_the_end_page(browser: Client, participation: Participation) -> None:
    take_exam(participation, all_wrong=True)
    first = browser.get(url(participation, "result", 1)).content.decode()
    assert "Not yet" in first
    assert "0 of 11" in first
    *_way, result = sit(browser, participation, begin(browser, participation, 2), all_wrong=True)
    assert "You did not pass this time" in result.content.decode()
    here = browser.get(reverse("journey", args=[participation.public_id]))
    assert here["Location"] == reverse("study:end", args=[participation.public_id])
    participation.refresh_from_db()
    assert participation.outcome == Outcome.FAILED_TRAINING
    assert LedgerEntry.objects.filter(reason="training").count() == 1


def test_the_hall_is_closed_until_every_page_is_done() -> None:
    reader = make_supporter()
    browser = browser_of(reader)
    assert browser.get(url(reader, "exam"))["Location"] == url(reader, "overview")
    assert browser.post(url(reader, "start", 1)).status_code == 409
    assert not Attempt.objects.exists()


def leaks(attempt: Attempt, body: str) -> list[str]:
    """Return every word about the keys of an attempt that a page gives away."""
    text = unescape(body)
    found = []
    for drawn in attempt.items.all():
        item = items_by_key(attempt)[drawn.item_key]
        found += [option.feedback for option in item.options if option.feedback in text]
        found += [word for word in (item.key, item.confusion, item.source) if word in text]
    found += re.findall(r"(?i)\bcorrect\b|\boption_order\b|\bseed\b|\bdifficulty\b", text)
    if str(attempt.seed) in text:
        found.append("the seed")
    return found


def test_no_byte_before_handing_in_gives_a_key_away(browser: Client, participation: Participation) -> None:
    browser.get(url(participation, "exam"))
    attempt = begin(browser, participation)
    pages = [browser.get(url(participation, "overview")), browser.get(url(participation, "exam"))]
    *before, _submitted, _result = sit(browser, participation, attempt)
    for response in [*pages, *before]:
        body = response.content.decode() + "".join(f"{name}: {value}\n" for name, value in response.items())
        assert leaks(attempt, body) == [], response.request["PATH_INFO"]
    assert "correct" not in str(dict(browser.session))


def test_a_question_looks_the_same_whichever_option_is_the_key(
    browser: Client, participation: Participation
) -> None:
    attempt = begin(browser, participation)
    for drawn in attempt.items.order_by("ordinal"):
        body = browser.get(url(participation, "question", 1, drawn.ordinal)).content.decode()
        choices = re.findall(r'<label class="choice".*?</label>', body, re.DOTALL)
        assert len(choices) == len(drawn.option_order)
        bare = {
            re.sub(r"\d+", "N", re.sub(r"<span>.*?</span>", "", choice, flags=re.DOTALL))
            for choice in choices
        }
        assert len(bare) == 1
        assert re.findall(r'value="(\d+)"', "".join(choices)) == [str(n + 1) for n in range(len(choices))]


@pytest.mark.parametrize("all_wrong", [False, True])
def test_the_result_never_names_a_right_option(
    browser: Client, participation: Participation, all_wrong: bool
) -> None:
    attempt = take_exam(participation, all_wrong=all_wrong)
    text = unescape(browser.get(url(participation, "result", 1)).content.decode())
    assert len(re.findall(r"<blockquote>(.*?)</blockquote>", text)) == (14 if all_wrong else 0)
    assert ("Worth reading again" in text) is all_wrong
    for drawn in attempt.items.all():
        item = items_by_key(attempt)[drawn.item_key]
        assert item.answer.feedback not in text
        assert item.key not in text


def test_the_result_says_why_a_chosen_answer_was_not_right(
    browser: Client, participation: Participation
) -> None:
    attempt = take_exam(participation, all_wrong=True)
    text = unescape(browser.get(url(participation, "result", 1)).content.decode())
    bank = items_by_key(attempt)
    for drawn in attempt.items.all():
        chosen = bank[drawn.item_key].options[drawn.option_order[(drawn.answer or 0) - 1]]
        assert not chosen.correct
        assert chosen.feedback in text
    # So the search for leaks does find what is there.
    assert len(leaks(attempt, text)) >= 14


def test_replaying_every_request_of_a_failed_attempt_gains_nothing(
    browser: Client, participation: Participation
) -> None:
    take_exam(participation, all_wrong=True)
    attempt = attempt_list(participation)[0]
    before = (Attempt.objects.count(), list(AttemptItem.objects.order_by("pk").values("answer", "correct")))
    begin(browser, participation, 1)
    for response in sit(browser, participation, attempt):
        assert response.status_code in {200, 302}
    after = (Attempt.objects.count(), list(AttemptItem.objects.order_by("pk").values("answer", "correct")))
    assert after == before
    assert attempt_list(participation)[0].state == State.FAILED
    assert not Qualification.objects.exists()


def test_skipping_to_the_end_is_no_pass(browser: Client, participation: Participation) -> None:
    attempt = begin(browser, participation)
    answered = list(api.correct_positions(attempt).values())[:9]
    for ordinal, place in enumerate(answered, start=1):
        browser.post(url(participation, "question", 1, ordinal), {f"q{ordinal}-answer": place})
    response = browser.post(url(participation, "submit", 1), follow=True)
    assert "Missing: 10, 11, 12, 13, 14" in response.content.decode()
    assert browser.get(url(participation, "result", 1))["Location"] == url(participation, "review", 1)
    attempt.refresh_from_db()
    assert attempt.state == State.OPEN


def test_a_late_tab_of_the_first_attempt_cannot_touch_the_second(
    browser: Client, participation: Participation
) -> None:
    take_exam(participation, all_wrong=True)
    second = begin(browser, participation, 2)
    response = browser.post(url(participation, "question", 1, 3), {"q3-answer": 1})
    assert response["Location"] == url(participation, "result", 1)
    assert not second.items.filter(answer__isnull=False).exists()


def test_after_the_last_question_the_unanswered_ones_are_listed(
    browser: Client, participation: Participation
) -> None:
    begin(browser, participation)
    response = browser.post(url(participation, "question", 1, 14), {"q14-answer": 1})
    assert response["Location"] == url(participation, "review", 1)
    assert "13 questions have no answer yet" in browser.get(response["Location"]).content.decode()


def test_an_answer_comes_back_when_its_question_is_opened_again(
    browser: Client, participation: Participation
) -> None:
    begin(browser, participation)
    browser.post(url(participation, "question", 1, 2), {"q2-answer": 3})
    body = browser.get(url(participation, "question", 1, 2)).content.decode()
    assert re.search(r'value="3"[^>]*checked', body)


@pytest.mark.parametrize("data", [{}, {"q1-answer": "0"}, {"q1-answer": "5"}, {"q1-answer": "true"}])
def test_answers_that_are_none_are_asked_for_again(
    browser: Client, participation: Participation, data: dict[str, str]
) -> None:
    begin(browser, participation)
    response = browser.post(url(participation, "question", 1, 1), data)
    assert response.status_code == 200
    assert 'class="errors"' in response.content.decode()
    assert not AttemptItem.objects.filter(answer__isnull=False).exists()


@pytest.mark.parametrize(
    "path", ["question/2/1", "question/1/15", "question/1/99999999999", "review/2", "result/7"]
)
def test_what_does_not_exist_is_not_found(browser: Client, participation: Participation, path: str) -> None:
    begin(browser, participation)
    name, *args = path.split("/")
    assert browser.get(url(participation, name, *args)).status_code == 404


def test_another_persons_exam_is_not_found(participation: Participation, browser: Client) -> None:
    begin(browser, participation)
    stranger = browser_of(make_supporter())
    for name, *args in (("exam",), ("question", 1, 1), ("review", 1), ("result", 1)):
        assert stranger.get(url(participation, name, *args)).status_code == 404
    assert stranger.post(url(participation, "submit", 1)).status_code == 404


def test_every_form_needs_its_token(participation: Participation) -> None:
    browser = browser_of(participation, enforce_csrf_checks=True)
    for name, *args in (
        ("start", 1),
        ("submit", 1),
        ("question", 1, 1),
        ("quiz", "action", 1),
        ("complete", "action"),
    ):
        assert browser.post(url(participation, name, *args)).status_code == 403


def test_a_question_costs_few_queries(browser: Client, participation: Participation) -> None:
    begin(browser, participation)
    browser.get(url(participation, "question", 1, 1))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get(url(participation, "question", 1, 2))
    assert len(queries) <= 20
    assert not [
        query
        for query in queries.captured_queries
        if '"document"' in query["sql"] and "attempt" in query["sql"]
    ]
