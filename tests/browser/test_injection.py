"""Two hundred payloads in every text that a person can write, on every page that shows it, in Chromium: all stay text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.domain.frames import Status, UtteranceView, Welcome
from collection.domain.safety import CaseKind
from collection.models import PreChatSurvey, SafetyCase
from collection.services.conversations import conversation_stop
from collection.services.reports import partner_report
from collection.services.safety_actions import case_contact, case_escalate
from collection.services.surveys import seeker_survey_submit, supporter_survey_submit
from collection.services.team_messages import team_message_write
from study.domain.staff_roles import StaffRole
from study.models import Participation, Study
from study.models.participant import Role
from study.services.participations import participation_enter
from tests.browser.conftest import CHROMIUM
from tests.support.factories import SEEKER_ANSWERS, SUPPORTER_ANSWERS, Pair, arrival, make_conversation
from tests.support.hostile_pages import Document, Seen, look_at
from tests.support.payloads import STORED, bundles
from tests.support.sockets import session_cookie
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
UTTERANCES = tuple(bundles(max_length=990))
LONG = tuple(bundles(max_length=1990))
TITLE = "</title><script data-pwn>window.pwned=1</script>\"'><img data-pwn src=x onerror=alert(1)>{{7*7}}{% debug %}"
CONTACT = '"><svg data-pwn onload=alert(1)>{{7*7}}=1+1@example.org'


def document(browser: Client, address: str, *, post: bool = False, **more: Any) -> Document:
    answer = browser.post(address) if post else browser.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.headers.get('Location')}"
    assert "Content-Security-Policy" in answer.headers
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    return Document(answer.content, headers, **more)


def browser_of(participation: Participation | None) -> Client:
    assert participation is not None
    return Client(headers={"cookie": session_cookie(participation.public_id)})


def staff(*roles: StaffRole) -> Client:
    browser = Client()
    browser.force_login(make_staff("", *roles))
    return browser


def looked_at(documents: dict[str, Document]) -> dict[str, Seen]:
    assert CHROMIUM is not None, "CI installs Chromium"
    seen = look_at(documents, browser_path=CHROMIUM)
    assert {path: page.alive for path, page in seen.items() if page.alive} == {}
    return seen


def squeezed(text: str) -> str:
    """Return the text without white space, which a browser lays out as it likes."""
    return "".join(text.split())


def check_reads(seen: Seen, words: Sequence[str]) -> None:
    """Check that a person reads the payloads as they were written: nothing was run, swallowed or taken out."""
    text = squeezed(seen.text)
    missing = [word for word in words if squeezed(word) not in text]
    assert missing == []


def make_hostile_study(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(
        title=TITLE, contact=CONTACT, institution=TITLE, review_board=CONTACT
    )


@pytest.fixture
def pair() -> Pair:
    """A conversation in which everything that was written, by both sides and the study team, is a payload."""
    pair = make_conversation()
    make_hostile_study(pair.conversation.study)
    for number, text in enumerate(UTTERANCES):
        pair.say(Role.SEEKER if number % 2 else Role.SUPPORTER, text)
    return pair


def test_the_partner_reads_two_hundred_payloads_in_the_chat(pair: Pair) -> None:
    documents = {}
    for role in (Role.SEEKER, Role.SUPPORTER):
        participation = pair.seat(role).participation
        assert participation is not None
        address = reverse("collection:chat", args=[participation.public_id])
        documents[address] = document(
            browser_of(participation), address, frames=(welcome(role),), shows=".line:nth-of-type(5) .bubble"
        )
    for seen in looked_at(documents).values():
        check_reads(seen, UTTERANCES)
    assert len(set(STORED)) >= 200


def welcome(role: Role) -> dict[str, Any]:
    """Return the first frame of a socket that has the whole conversation in it."""
    status = Status(
        state="chatting",
        elapsed_seconds=60,
        seeker_turns=2,
        may_finish=False,
        may_leave_free=False,
        partner_present=True,
        partner_idle_seconds=1,
        own_idle_seconds=1,
        partner_limit_seconds=300,
        own_limit_seconds=300,
        extension_left=True,
    )
    lines = tuple(
        UtteranceView(
            ordinal=number + 1,
            role="seeker" if number % 2 else "supporter",
            text=text,
            sent_at="2026-01-01T10:00:00Z",
            own=role == (Role.SEEKER if number % 2 else Role.SUPPORTER),
        )
        for number, text in enumerate(UTTERANCES)
    )
    frame = Welcome(role=role.value, last_ordinal=len(lines), reload=False, utterances=lines, status=status)
    built: dict[str, Any] = msgspec.to_builtins(frame)
    return built


def test_the_study_team_reads_them_in_the_transcript_and_the_safety_queue(pair: Pair) -> None:
    seeker = pair.seeker.participation
    assert seeker is not None
    for number, text in enumerate(LONG):
        team_message_write(seeker.pk, text=text, client_uid=f"message-{number}")
    partner_report(seeker, reason="harassment", text=LONG[0])
    admin = make_staff("", StaffRole.ADMIN)
    case = SafetyCase.objects.get(participation=seeker, kind=CaseKind.MESSAGE)
    for number, text in enumerate(LONG):
        case_contact(case.pk, by=admin, text=text, client_uid=f"answer-{number}")
    case_escalate(case.pk, by=admin, note=UTTERANCES[0])
    report = SafetyCase.objects.get(kind=CaseKind.REPORT)
    team, slug = staff(StaffRole.ADMIN), pair.conversation.study.slug
    transcript = reverse("research:conversation", args=[pair.conversation.public_id])
    context = reverse("safety:context", args=[case.pk])
    reported = reverse("safety:context", args=[report.pk])
    help_page = reverse("help", args=[seeker.public_id])
    monitor = reverse("research:monitor", args=[slug])
    documents = {
        transcript: document(team, transcript),
        context: document(team, context, post=True),
        reported: document(team, reported, post=True),
        help_page: document(browser_of(seeker), help_page),
        monitor: document(team, monitor),
    }
    for address in (
        reverse("safety:queue"),
        reverse("safety:case", args=[case.pk]),
        reverse("research:audit"),
    ):
        documents[address] = document(team, address)
    seen = looked_at(documents)
    # The text after these has characters without a width and of the other direction.
    check_reads(seen[transcript], UTTERANCES[:9])


def test_the_study_teams_own_words_stay_words_on_every_page_of_a_study(pair: Pair) -> None:
    seeker = pair.seeker.participation
    assert seeker is not None
    slug, team = pair.conversation.study.slug, staff(StaffRole.ADMIN)
    by_slug = (
        "studies:setup", "studies:details", "studies:pay", "studies:recruitment", "studies:payments",
        "studies:protocol", "research:participants", "research:releases", "research:dashboard", "safety:study",
    )  # fmt: skip
    addresses = [reverse("studies:index"), *(reverse(name, args=[slug]) for name in by_slug)]
    documents = {address: document(team, address) for address in addresses}
    for name in ("study:withdraw", "help"):
        address = reverse(name, args=[seeker.public_id])
        documents[address] = document(browser_of(seeker), address)
    newcomer = participation_enter(pair.conversation.study, arrival=arrival())
    address = reverse("study:consent", args=[newcomer.public_id])
    documents[address] = document(browser_of(newcomer), address)
    seen = looked_at(documents)
    check_reads(seen[reverse("studies:details", args=[slug])], [TITLE, CONTACT])
    check_reads(seen[address], [CONTACT])


def test_open_answers_are_read_as_they_were_written(pair: Pair) -> None:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    after = [(LONG[0], LONG[1]), (LONG[2], LONG[3])]
    seeker_survey_submit(pair.seeker.pk, replace(SEEKER_ANSWERS, liked=after[0][0], improve=after[0][1]))
    supporter_survey_submit(
        pair.supporter.pk, replace(SUPPORTER_ANSWERS, liked=after[1][0], improve=after[1][1])
    )
    PreChatSurvey.objects.filter(participation=pair.seeker.participation).update(situation=LONG[4])
    transcript = reverse("research:conversation", args=[pair.conversation.public_id])
    seen = looked_at({transcript: document(staff(StaffRole.ADMIN), transcript)})
    check_reads(seen[transcript], LONG[:5])
