"""Somebody who knows the right answers, in a browser."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from study import protocol_files
from tests.support.people import Person


@cache
def _right_options() -> dict[str, set[str]]:
    """Return the right options' texts by question."""
    protocol, _sha256 = protocol_files.read_protocol("esconv-2021")
    right: dict[str, set[str]] = {}
    for item in protocol.items:
        right.setdefault(item.stem, set()).update(o.text for o in item.options if o.correct)
    return right


def pass_training(person: Person) -> None:
    """Work through every page and its quiz, pass the exam at the first attempt, and go on."""
    take_training(person)
    person.page.click("main a.button-primary")


def take_training(person: Person, *, right: bool = True) -> None:
    """Work through every page and its quiz, and answer every question of the exam rightly or wrongly."""
    page = person.page
    page.wait_for_url("**/training/")
    page.click("main a.button-primary")
    while "/exam/" not in page.url:
        if "/pages/" not in page.url:
            page.click("main a.button-primary")
            continue
        for index in range(page.locator("form.quiz-question").count()):
            _answer(page, f"form.quiz-question >> nth={index}")
        page.click("form[action$='/done/'] button")
    page.click("form[action$='/start/'] button")
    while "/questions/" in page.url:
        _answer(page, "main form.card", right=right)
    page.click("form[action$='/submit/'] button")


def _answer(page: Page, form: str, *, right: bool = True) -> None:
    stem = page.inner_text(f"{form} >> legend").strip()
    options = _right_options()[stem]
    for label in page.locator(f"{form} >> label").all():
        if (label.inner_text().strip() in options) is right:
            label.click()
            break
    else:
        raise AssertionError(f"No option of {stem!r} is {'right' if right else 'wrong'}.")
    page.click(f"{form} >> button[type=submit]")
    page.wait_for_load_state()
