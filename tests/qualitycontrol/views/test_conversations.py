"""The list and the transcript, as a researcher sees them."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from collection.api import Conversation, StrategyRevision, Utterance
from corpus import record as corpus_record
from corpus.labels import Speaker
from qualitycontrol import conversation_list
from qualitycontrol.models import AuditEvent
from qualitycontrol.models.audit import AppendOnly
from qualitycontrol.services.assessments import assessment_make
from study.clock import database_now
from tests.qualitycontrol.factories import NO_SURVEY, make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> User:
    user = make_staff("staff")
    client.force_login(user)
    return user


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return unescape(response.content.decode())


def listed(client: Client, query: str = "") -> list[str]:
    return re.findall(
        r'<th scope="row"><a href="/research/conversations/([\w-]+)/',
        page(client, f"/research/conversations/{query}"),
    )


@pytest.mark.usefixtures("staff")
def test_the_list_is_filtered_by_everything_it_shows(client: Client) -> None:
    good, short, unassessed = make_conversations(
        make_record(),
        replace(make_record(pairs=2), problem="Sleep Problems", emotion="shame"),
        make_record(),
    )
    for row in (good, short):
        assessment_make(row.pk)
    Conversation.objects.filter(pk=unassessed.pk).update(state="cancelled", origin="collected")
    type(unassessed.pre_chat_survey).objects.filter(conversation=unassessed).update(problem="job_crisis")
    ids = {
        row.public_id: name for row, name in [(good, "good"), (short, "short"), (unassessed, "unassessed")]
    }

    def found(query: str) -> list[str]:
        return [ids[public_id] for public_id in listed(client, query)]

    assert found("") == ["unassessed", "short", "good"]
    assert found("?verdict=qualified") == ["good"]
    assert found("?verdict=filtered_out") == ["short"]
    assert found("?verdict=none") == ["unassessed"]
    assert found("?state=cancelled") == ["unassessed"]
    assert found("?origin=imported") == ["short", "good"]
    assert found("?emotion=shame") == ["short"]
    assert found("?problem=Sleep+Problems&verdict=filtered_out") == ["short"]
    assert found(f"?q={good.public_id[:12]}") == ["good"]
    assert found("?problem=job+crisis") == ["unassessed", "good"], (
        "a key and a published label are one problem"
    )
    assert found("?verdict=no-such-verdict&older=x") == ["unassessed", "short", "good"]


@pytest.mark.usefixtures("staff")
def test_pages_neither_repeat_nor_hide_what_arrives_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_list, "PAGE_SIZE", 2)
    first = [row.public_id for row in make_conversations(*[make_record()] * 5)][::-1]
    one = page(client, "/research/conversations/?origin=imported")
    make_conversations()
    older = re.search(r'rel="next" href="(\?[^"]+)"', one)
    assert older is not None
    assert "origin=imported" in older[1]
    two = page(client, f"/research/conversations/{older[1]}")
    assert re.findall(r"/conversations/([\w-]+)/\?", two) == first[2:4]
    newer = re.search(r'rel="prev" href="(\?[^"]+)"', two)
    assert newer is not None
    assert "older" not in newer[1]
    assert (
        re.findall(r"/conversations/([\w-]+)/\?", page(client, f"/research/conversations/{newer[1]}"))
        == first[:2]
    )


@pytest.mark.usefixtures("staff")
def test_an_empty_list_says_so(client: Client) -> None:
    assert "No conversation fits." in page(client, "/research/conversations/")


def transcript_record() -> corpus_record.Conversation:
    record = make_record(survey=NO_SURVEY, feedback=(5, 4))
    said = corpus_record.Utterance(Speaker.SEEKER, "<script>alert('x')</script> & more")
    return replace(record, utterances=(said, *record.utterances))


def test_the_transcript_shows_everything_that_is_known(client: Client, staff: User) -> None:
    (row,) = make_conversations(transcript_record())
    assessment_make(row.pk)
    utterance = Utterance.objects.filter(conversation=row).exclude(strategy="")[0]
    StrategyRevision.objects.create(
        utterance=utterance,
        old="question",
        new="information",
        source="author",
        by="author",
        at=database_now(),
    )
    html = page(client, f"/research/conversations/{row.public_id}/")
    assert "first chosen: Question" in html
    assert "feedback 2: 4 (Good)" in html
    assert html.count("feedback 1: 5 (Excellent)") == 6, "a score stands at every message it is about"
    assert "There is no post-chat survey. Last feedback scores: 5, 4" in html
    assert "By the alternative reading of the scores:" in html
    assert re.search(r"assessment 1: reject, pending → unqualified \(rule\): last_feedback", html)
    assert "My work worries me." in html
    assert "Intensity before" in html


@pytest.mark.usefixtures("staff")
def test_what_people_wrote_is_never_markup(client: Client) -> None:
    (row,) = make_conversations(transcript_record())
    raw = client.get(f"/research/conversations/{row.public_id}/").content.decode()
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert" in raw


def test_every_read_is_written_down_for_ever(client: Client, staff: User) -> None:
    (row,) = make_conversations()
    for _ in range(2):
        page(client, f"/research/conversations/{row.public_id}/")
    events = list(AuditEvent.objects.all())
    assert [(e.user, e.action, e.conversation) for e in events] == [(staff, "transcript_read", row)] * 2
    with pytest.raises(AppendOnly):
        events[0].save()
    with pytest.raises(AppendOnly):
        events[0].delete()


@pytest.mark.usefixtures("staff")
def test_an_unknown_conversation_is_not_found_and_not_audited(client: Client) -> None:
    assert client.get("/research/conversations/unknown/").status_code == 404
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("staff")
def test_the_list_costs_the_same_for_one_row_and_for_many(
    client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for row in make_conversations(*[make_record(pairs=2)] * 12):
        assessment_make(row.pk)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page(client, "/research/conversations/")
