"""A study from Prolific whose gates open at once, the people who come to it, and what its database holds."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.support.live import Live
from tests.support.people import Person

PROTOCOL = """
name = "esconv-2021-outcomes"
version = 1
title = "esconv-2021 with gates that open at once"
extends = "esconv-2021"
rehearsal = true

[chat]
finish_min_seeker_turns = 1
finish_min_seconds = 0
presence_seconds = 60
allow_repeat_pairs = true

[participation]
repeat_after = ["completed", "partner_left", "left_early", "no_match", "safety_exit", "technical_failure", "no_consent", "timed_out", "passed_training"]

[safety.care]
chats_per_day = 0

[tutorial.exam]
attempts = 1
min_seconds_per_item = 0
"""
SET_UP = """
import tomllib
from study import protocol_files
from study.domain.recruitment import Arrival, Part
from study.models import Study
from study.services.participations import participation_end, participation_enter
from study.services.protocols import protocol_store
from study.services.recruitment import recruitment_set
from study.services.studies import study_create
from tutorial import api as tutorial
version = protocol_store(protocol_files.extend(tomllib.loads(open({path!r}).read())))
study = study_create("outcomes", title="Outcomes", protocol_version=version, contact="team@example.org", state=Study.State.OPEN)
for part in (Part.TRAINING, Part.SEEKER, Part.SUPPORTER):
    recruitment_set(study, provider="prolific", part=part)
trained = participation_enter(study, arrival=Arrival("prolific", "trained", "before"))
tutorial.qualification_grant(trained.participant, protocol_version=version)
participation_end(trained.pk, outcome="no_consent")
"""
STOP = """
from collection.domain.exits import EndReason
from collection.models import Conversation
from collection.services.conversations import conversation_stop
conversation_stop(Conversation.objects.get(public_id={public_id!r}).pk, reason=EndReason.TECHNICAL)
"""
_sessions = itertools.count(1)


@dataclass
class Field:
    """The study, its browser, and what its database holds."""

    live: Live
    chromium: Browser
    people: list[Person]

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read beside the running platform."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            return list(connection.execute(statement, values))

    @property
    def _file(self) -> Path:
        return self.live.folder / "db.sqlite3"

    def let_days_pass(self, person: Person) -> None:
        """Move the last sign of somebody two days into the past."""
        with closing(sqlite3.connect(self._file, timeout=20)) as connection, connection:
            connection.execute(
                "UPDATE study_participation SET entered_at = datetime('now', '-2 days'), "
                "active_at = datetime('now', '-2 days') WHERE public_id = ?",
                (public_id(person),),
            )

    def let_silence_pass(self, role: str, seconds: int) -> None:
        """Move the last sign of one side of the newest conversation into the past."""
        with closing(sqlite3.connect(self._file, timeout=20)) as connection, connection:
            connection.execute(
                "UPDATE collection_seat SET active_at = strftime('%Y-%m-%d %H:%M:%f', active_at, ?) "
                "WHERE role = ? AND conversation_id = (SELECT max(id) FROM collection_conversation)",
                (f"-{seconds} seconds", role),
            )

    def arrive(self, part: str, *, name: str = "", phone: bool = False) -> Person:
        """Come by the link that the site was given; `name` comes back by a submission of its own."""
        number = next(_sessions)
        person = Person(self.chromium, self.live.url, phone=phone)
        self.people.append(person)
        person.arrive(
            f"/go/prolific/outcomes/{part}/?PROLIFIC_PID={name or f'p{number}'}&SESSION_ID=s{number}"
        )
        return person

    def pair(self) -> tuple[Person, Person]:
        """Bring a seeker and the trained supporter into a conversation."""
        supporter, seeker = self.arrive("supporter", name="trained"), self.arrive("seeker", phone=True)
        supporter.consent()
        seeker.consent()
        seeker.tell_before()
        meet(seeker, supporter)
        return seeker, supporter

    def check_end(self, person: Person, outcome: str, status: str, paid: dict[str, str]) -> None:
        """The right page, the site's code for this outcome and no other, the ledger, and no way round the end."""
        page = person.page
        page.wait_for_url("**/end/")
        mine = public_id(person)
        (found,) = self.rows(
            "SELECT outcome, exit_status, recruitment_id FROM study_participation WHERE public_id = ?", mine
        )
        assert found[:2] == (outcome, status)
        codes = dict(
            self.rows("SELECT outcome, code FROM study_completioncode WHERE recruitment_id = ?", found[2])
        )
        expect(page.locator("#completion-code")).to_have_text(codes[outcome])
        expect(page.get_by_role("link", name="Finish on the recruiting site")).to_have_attribute(
            "href", f"https://app.prolific.com/submissions/complete?cc={codes[outcome]}"
        )
        booked = self.rows(
            "SELECT reason, amount FROM study_ledgerentry JOIN study_participation AS p ON p.id = participation_id "
            "WHERE p.public_id = ? ORDER BY reason",
            mine,
        )
        amounts = {reason: f"{Decimal(str(amount)):.2f}" for reason, amount in booked}
        wait = Decimal(amounts.pop("wait", "0"))
        assert amounts == paid
        total = wait + sum(map(Decimal, paid.values()))
        if total:
            expect(page.locator("main tfoot")).to_contain_text(f"{total:.2f} USD")
        page.goto(f"{person.url}/p/{mine}/chat/")
        page.wait_for_url("**/end/")
        assert person.complaints == []


def public_id(person: Person) -> str:
    return person.page.url.split("/p/")[1].split("/")[0]


def meet(seeker: Person, supporter: Person) -> None:
    seeker.get_ready()
    supporter.get_ready()
    for person in (seeker, supporter):
        person.page.wait_for_url("**/chat/")
        expect(person.page.locator("#connection")).to_have_attribute("data-connection", "online")


def leave(person: Person) -> None:
    person.page.click("#leave-button")
    person.page.click("[data-end=leave]")
    person.page.wait_for_url("**/after/")


def go_on(person: Person) -> None:
    """Read that it is over, and go to the questions."""
    person.page.click("#ended-link", timeout=15_000)
    person.page.wait_for_url("**/after/")


def answer(person: Person, *, seeker: bool) -> None:
    page = person.page
    scales = {"intensity": "2", "empathy": "5", "relevance": "4"} if seeker else {"detail": "4"}
    for name, value in scales.items():
        page.check(f"input[name={name}][value='{value}']", force=True)
    if seeker:
        page.check("input[name=ending][value=sudden]")
    page.click("main button[type=submit]")


def outcomes_study(live: Live) -> None:
    """Create the study "outcomes" beside the running platform."""
    path = live.folder / "outcomes.toml"
    path.write_text(PROTOCOL)
    live.manage("shell", "-c", SET_UP.format(path=str(path)))
