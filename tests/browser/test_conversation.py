"""Two people in two browsers, from the link to the completion code."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.support.learner import pass_training
from tests.support.live import Live
from tests.support.people import Person

SECRET = "marmalade-lighthouse"


def test_two_people_hold_a_conversation_from_link_to_completion_code(live: Live, chromium: Browser) -> None:
    seeker = Person(chromium, live.url, phone=True)
    supporter = Person(chromium, live.url)

    supporter.arrive("/try/suite/?role=supporter")
    supporter.consent()
    pass_training(supporter)
    seeker.arrive("/try/suite/?role=seeker")
    seeker.consent()
    seeker.tell_before(f"{SECRET} " + " ".join(["I lie awake at night and I count our savings."] * 3))

    seeker.get_ready()
    supporter.get_ready()
    seeker.page.wait_for_url("**/chat/")
    supporter.page.wait_for_url("**/chat/")

    supporter.say("Hello, it is good that you are here today.", strategy="others")
    seeker.hears("it is good that you are here")
    seeker.say("Hello, thank you. I have to leave my flat next month.")
    supporter.hears("leave my flat next month")
    supporter.say("What is the hardest part of the search for you?", strategy="question")
    # The seeker is asked after every two new supporter messages.
    expect(seeker.page.locator("#feedback-card")).to_be_visible()
    seeker.page.check("#feedback-card input[value='5']", force=True)
    seeker.page.click("#feedback-card button[type=submit]")
    expect(seeker.page.locator("#feedback-card")).to_be_hidden()

    # A reload in the middle loses nothing.
    seeker.page.reload()
    seeker.hears("What is the hardest part of the search")
    seeker.say("That nobody answers when I write to them.")
    supporter.hears("nobody answers when I write")

    expect(seeker.page.locator("#end-button")).not_to_have_attribute("aria-disabled", "true")
    seeker.page.click("#end-button")
    seeker.page.click("[data-end=finish]")

    # Who ended it goes on at once; the other side is told first.
    seeker.page.wait_for_url("**/after/")
    supporter.page.click("#ended-link", timeout=15_000)
    supporter.page.wait_for_url("**/after/")
    _answer(seeker, {"intensity": "2", "empathy": "5", "relevance": "5"}, ending="natural")
    _answer(supporter, {"detail": "4"})

    for person in (seeker, supporter):
        person.page.wait_for_url("**/end/")
        code = person.page.inner_text("#completion-code")
        assert re.fullmatch(r"[0-9A-F]{32}", code)
        expect(person.page.locator("main")).to_contain_text("03")
        assert person.complaints == []

    # What the seeker wrote before the conversation never reached the supporter's browser, nor a strategy the seeker's.
    assert not any(SECRET in data for data in supporter.bytes)
    assert SECRET not in supporter.page.content()
    assert not any('"strategy"' in data for data in seeker.bytes)


def _answer(person: Person, scales: dict[str, str], *, ending: str = "") -> None:
    for name, value in scales.items():
        person.page.check(f"input[name={name}][value='{value}']", force=True)
    if ending:
        person.page.check(f"input[name=ending][value={ending}]")
    person.page.click("main button[type=submit]")
