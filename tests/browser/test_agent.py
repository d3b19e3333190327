"""A seeker and an agent, on the embedded default: turns that go back and forth, the ratings, the end, the code.

Everything is real but the words: the agent says fixed lines, and its turns go the way of every model's.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.live import Live
from tests.support.people import Person

AGENT = """
from modeling.services.agents import agent_create, agent_switch
pace = {"pause_seconds": 0.2, "characters_per_second": 200, "longest_seconds": 0.3, "another": 0.0}
agent = agent_create(name="Seven", kind="scripted", by="ada", config={"pace": pace})
agent_switch(agent, enabled=True, practice=True)
"""
TURNS = 6
REPLY_MS = 12_000


@pytest.fixture
def agent(live: Live) -> Iterator[Live]:
    """The running platform while an agent is the partner of practice conversations."""
    live.manage("shell", "-c", AGENT)
    yield live
    with closing(sqlite3.connect(live.folder / "db.sqlite3", timeout=20)) as connection, connection:
        connection.execute("UPDATE modeling_agent SET practice = 0")


def test_a_seeker_talks_to_an_agent_to_the_end(agent: Live, chromium: Browser) -> None:
    seeker = Person(chromium, agent.url, phone=True)
    page = seeker.page
    seeker.arrive("/try/suite/?role=seeker")
    seeker.consent()
    seeker.tell_before()
    page.wait_for_url("**/lobby/")
    page.click("button[name=practise]")
    page.wait_for_url("**/chat/")

    cards = 0
    for turn in range(1, TURNS + 1):
        seeker.say(f"This is my worry number {turn}.")
        seeker.hears(f"my worry number {turn}")
        # Each answer stands before the next message is written, so that each message is a turn.
        expect(_messages(page)).to_have_count(2 * turn, timeout=REPLY_MS)
        cards += _rate(page, due=turn % 2 == 0)
        if turn == 3:
            page.reload()
            expect(_messages(page)).to_have_count(2 * turn)
    assert cards == TURNS // 2

    page.click("#end-button")
    page.click("[data-end=finish]")
    page.wait_for_url("**/after/")
    for name in ("intensity", "empathy", "relevance"):
        page.check(f"input[name={name}][value='3']", force=True)
    page.check("input[name=ending][value=natural]")
    page.click("main button[type=submit]")
    page.wait_for_url("**/end/")
    assert re.fullmatch(r"[0-9A-F]{32}", page.inner_text("#completion-code"))
    assert seeker.complaints == []
    # No byte names the agent or the strategies that it chose.
    assert [data for data in seeker.bytes if '"strategy"' in data or "Seven" in data] == []
    assert _stored(agent) == (["seeker", "supporter"] * TURNS, [5] * cards)


def _messages(page: Page) -> Locator:
    return page.locator("#log .bubble")


def _rate(page: Page, *, due: bool) -> int:
    """Answer the question about the last two messages where it is due; return how many were answered."""
    card = page.locator("#feedback-card")
    if not due:
        expect(card).to_be_hidden()
        return 0
    expect(card).to_be_visible()
    page.check("#feedback-card input[value='5']", force=True)
    page.click("#feedback-card button[type=submit]")
    expect(card).to_be_hidden()
    return 1


def _stored(live: Live) -> tuple[list[str], list[int]]:
    """Return who spoke in turn in the newest conversation, and its ratings, as the database has them."""
    newest = "(SELECT max(id) FROM collection_conversation)"
    with closing(sqlite3.connect(f"file:{live.folder / 'db.sqlite3'}?mode=ro", uri=True)) as connection:
        said = connection.execute(
            "SELECT s.role FROM collection_utterance u JOIN collection_seat s ON s.id = u.seat_id "
            f"WHERE u.conversation_id = {newest} ORDER BY u.ordinal"
        ).fetchall()
        rated = connection.execute(
            f"SELECT score FROM collection_feedbackrequest WHERE conversation_id = {newest} ORDER BY number"
        ).fetchall()
    return [role for (role,) in said], [score for (score,) in rated]
