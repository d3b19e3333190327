"""A reviewer at the keyboard: one key decides, and the next message is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from corpus.esconv import write_esconv
from tests.qualitycontrol.factories import make_record
from tests.support.live import Live

PASSWORD = "a long pass phrase"


@pytest.fixture(scope="module")
def queue(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """The platform with two reviewers and some items."""
    file: Path = tmp_path_factory.mktemp("review") / "corpus.json"
    write_esconv([make_record()] * 8, file)
    live.manage("corpus_import", str(file))
    live.manage("review_fill", "imported", "--seed", "1")
    live.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    for name in ("ann", "ben"):
        live.manage("createsuperuser", "--noinput", "--username", name, "--email", f"{name}@example.org")
    return live


def sign_in(page: Page, live: Live, name: str) -> None:
    page.goto(f"{live.url}/research/login/?next=/research/review/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/research/review/")


def test_a_reviewer_decides_with_one_key_and_takes_it_back_with_another(
    queue: Live, chromium: Browser
) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    loads: list[str] = []
    page.on("domcontentloaded", lambda where: loads.append(where.url))
    sign_in(page, queue, "ann")
    loads.clear()

    item = page.locator("#review-item")
    first = item.get_attribute("data-item")
    page.keyboard.press("8")
    expect(page.locator("[data-progress=done]")).to_have_text("1")
    expect(item).not_to_have_attribute("data-item", str(first))
    expect(page.locator("#review-status")).to_have_text("Stored. The next message is here.")
    page.keyboard.press("s")
    expect(page.locator("#review-status")).to_have_text("Passed on. The next message is here.")
    assert loads == [], "nothing was loaded anew"

    page.keyboard.press("Backspace")
    page.wait_for_url(re.compile(rf"\?item={first}$"))
    expect(item).to_have_attribute("data-item", str(first))
    expect(page.locator("[data-progress=done]")).to_have_text("0")

    page.fill("textarea[name=note]", "1 and 2")  # numbers in a text are text
    expect(item).to_have_attribute("data-item", str(first))
    page.uncheck("#keys-on")
    page.keyboard.press("1")
    expect(item).to_have_attribute("data-item", str(first))
    page.check("#keys-on")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(item).not_to_have_attribute("data-item", str(first))
    assert complaints == []
    page.close()


def test_without_scripts_and_on_a_phone_the_same_buttons_work(queue: Live, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, queue, "ben")
    first = page.locator("#review-item").get_attribute("data-item")
    page.click("#review-item button[value=others]")
    assert page.locator("#review-item").get_attribute("data-item") != first
    expect(page.locator("[data-progress=done]")).to_have_text("1")
    context.close()
