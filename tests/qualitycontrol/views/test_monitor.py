"""The live page: what it says of a study, what it costs, and what the team may do."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.api import Conversation, ConversationState, SafetyCase, Seat, Utterance
from collection.domain.safety import CaseKind
from collection.models import TeamMessage
from collection.services.lobby import ticket_open
from collection.services.safety_cases import case_raise
from qualitycontrol.models import AuditEvent
from qualitycontrol.monitor import etag_of, monitor_now
from study.clock import database_now
from study.models import LedgerEntry, Study
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_older, make_participation, make_study
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff(client: Client) -> Any:
    user = make_staff("ann")
    client.force_login(user)
    return user


def live(study: Study) -> dict[str, Any]:
    return monitor_now(study, now=database_now())


def test_it_shows_who_waits_what_runs_and_who_is_there() -> None:
    study = make_study()
    talking, quiet = make_conversation(study), make_conversation(study)
    talking.say(Role.SEEKER)
    make_older(quiet, seconds=1000)
    make_conversation(study, state=ConversationState.CLOSED)
    make_conversation()
    ticket_open(make_participation(study))
    assert quiet.seeker.participation is not None
    case_raise(
        quiet.seeker.participation,
        kind=CaseKind.PHRASES,
        severity=3,
        now=database_now(),
        conversation_id=quiet.conversation.pk,
    )
    answer = live(study)
    rows = {row["id"]: row for row in answer["conversations"]}
    assert set(rows) == {talking.conversation.public_id, quiet.conversation.public_id}
    first, second = rows[talking.conversation.public_id], rows[quiet.conversation.public_id]
    assert (first["utterances"], first["turns"], first["flags"]) == (1, 1, [])
    assert first["seats"]["seeker"]["present"]
    assert second["flags"] == ["phrases 3"]
    assert not second["seats"]["supporter"]["present"]
    assert answer["health"] == {"expected": 4, "present": 2}
    lobby = {side["role"]: side["waits"] for side in answer["lobby"]}
    assert [len(lobby["seeker"]), len(lobby["supporter"])] == [1, 0]
    booked = sum(entry.amount for entry in LedgerEntry.objects.filter(participation__study=study))
    assert answer["spent_today"] == str(booked)
    texts = Utterance.objects.values_list("text", flat=True)
    assert not any(text in json.dumps(answer) for text in texts), "nothing of what people write"


def test_a_program_that_lets_wait_is_late() -> None:
    pair = make_conversation()
    pair.say(Role.SEEKER)
    Seat.objects.filter(pk=pair.supporter.pk).update(occupant="agent:x")
    assert live(pair.conversation.study)["programs"] == [{"program": "agent:x", "seats": 1, "late": 0}]
    make_older(pair, seconds=60)
    assert live(pair.conversation.study)["programs"] == [{"program": "agent:x", "seats": 1, "late": 1}]


def test_its_queries_do_not_grow_with_the_conversations() -> None:
    study = make_study()
    counts = []
    for more in (1, 4):
        for _number in range(more):
            make_conversation(study)
        with CaptureQueriesContext(connection) as queries:
            assert len(live(study)["conversations"]) == sum((1, 4)[: len(counts) + 1])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_an_answer_without_news_has_no_body(client: Client) -> None:
    pair = make_conversation()
    url = f"/research/studies/{pair.conversation.study.slug}/live/now.json"
    first = client.get(url)
    assert first.json()["conversations"][0]["id"] == pair.conversation.public_id
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    pair.say(Role.SEEKER)
    news = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert news.status_code == 200
    assert news.json()["conversations"][0]["utterances"] == 1


def test_time_alone_is_no_news() -> None:
    study = make_conversation().conversation.study
    one, other = live(study), live(study)
    assert one["now"] != other["now"]
    assert etag_of(one) == etag_of(other)


def test_the_page_carries_its_first_answer(client: Client) -> None:
    pair = make_conversation()
    html = unescape(client.get(f"/research/studies/{pair.conversation.study.slug}/live/").content.decode())
    data = re.search(r'<script id="live-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["answer"]["conversations"][0]["id"] == pair.conversation.public_id
    assert "Pause the intake" in html


def address(pair: Pair, act: str = "") -> str:
    base = f"/research/studies/{pair.conversation.study.slug}/live/{pair.conversation.public_id}/"
    return base + (f"{act}/" if act else "")


def test_a_message_reaches_both_sides_once_and_is_no_utterance(client: Client, staff: Any) -> None:
    pair = make_conversation()
    form = client.get(address(pair)).content.decode()
    uid = re.search(r'name="client_uid" value="(\w+)"', form)
    assert uid is not None
    values = {"text": "  We are here if you need us. ", "client_uid": uid[1]}
    for _click in range(2):
        assert client.post(address(pair, "message"), values).status_code == 302
    written = TeamMessage.objects.order_by("participation")
    assert [(m.participation, m.text, m.by) for m in written] == [
        (seat.participation, "We are here if you need us.", staff)
        for seat in sorted((pair.seeker, pair.supporter), key=lambda seat: seat.participation_id or 0)
    ]
    assert all(m.participation.team_answered for m in written)
    assert not Utterance.objects.exists()
    assert [(e.action, e.detail) for e in AuditEvent.objects.all()] == [("team_wrote", "to 2 people")]
    assert client.post(address(pair, "message"), values | {"text": " "}).status_code == 400


def test_an_end_is_paid_as_the_protocol_says_and_audited(client: Client) -> None:
    pair = make_conversation()
    page = unescape(client.get(address(pair)).content.decode())
    assert "Something on our side broke: the seeker is paid 6.80 USD, the supporter 6.80 USD." in page
    client.post(address(pair, "end"), {"reason": "technical", "note": "The network failed."})
    pair.refresh()
    assert (pair.conversation.state, pair.conversation.end_reason) == ("surveying", "technical")
    assert {pair.seeker.outcome, pair.supporter.outcome} == {"technical_failure"}
    event = AuditEvent.objects.get()
    assert (event.action, event.detail) == ("team_ended", "technical: The network failed.")
    again = client.post(address(pair, "end"), {"reason": "technical", "note": "x"}, follow=True)
    assert "is not going on any more" in again.content.decode()
    assert AuditEvent.objects.count() == 1
    assert "nothing to do here" in client.get(address(pair)).content.decode()


@pytest.mark.parametrize("wrong", [{"reason": "seeker_left"}, {"reason": "technical", "note": ""}, {}])
def test_an_end_without_a_reason_of_the_team_does_not_happen(client: Client, wrong: dict[str, str]) -> None:
    pair = make_conversation()
    assert client.post(address(pair, "end"), {"note": "n"} | wrong).status_code == 400
    pair.refresh()
    assert pair.conversation.state == "chatting"


def test_a_conversation_of_another_study_is_not_found_here(client: Client) -> None:
    pair, other = make_conversation(), make_conversation()
    url = f"/research/studies/{other.conversation.study.slug}/live/{pair.conversation.public_id}/"
    assert client.get(url).status_code == 404
    assert client.post(f"{url}end/", {"reason": "technical", "note": "n"}).status_code == 404


def test_the_intake_is_paused_from_here(client: Client) -> None:
    pair = make_conversation()
    study = pair.conversation.study
    answer = client.post(f"/research/studies/{study.slug}/state/", {"step": "pause", "back": "live"})
    assert answer["Location"] == f"/research/studies/{study.slug}/live/"
    assert Conversation.objects.get(pk=pair.conversation.pk).state == "chatting"
    assert SafetyCase.objects.count() == 0
