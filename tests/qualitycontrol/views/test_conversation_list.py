"""The list's filters against rows that each differ in one thing, its counts, its neighbours, and its indexes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client, RequestFactory

from collection.api import Conversation, ConversationState, pre_chat_values
from qualitycontrol import conversation_list
from qualitycontrol.conversation_filter import ConversationFilter
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.views import conversations as views
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations, make_study
from tests.support.bulk import make_many_conversations
from tests.support.factories import make_conversation
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff(client: Client) -> None:
    client.force_login(make_staff("staff"))


def listed(client: Client, query: str) -> list[str]:
    html = client.get(f"/research/conversations/{query}").content.decode()
    return re.findall(r'<th scope="row"><a href="/research/conversations/([\w-]+)/', html)


def test_people_outcomes_days_lengths_and_studies_narrow_the_list_down(client: Client) -> None:
    pair = make_conversation(state=ConversationState.CLOSED)
    long, short = make_conversations(make_record(pairs=10), make_record(pairs=2))
    Conversation.objects.filter(pk=short.pk).update(created_at=F("created_at") - timedelta(days=3))
    today = long.created_at.date()
    assert pair.seeker.participation is not None
    own = pair.conversation.public_id
    all_three = [short.public_id, long.public_id, own][::-1]

    def check(query: str, *expected: str) -> None:
        assert sorted(listed(client, query)) == sorted(expected), query

    check("", *all_three)
    check(f"?person={pair.seeker.participation.participant.public_id}", own)
    check(f"?person={pair.seeker.participation.public_id}", own)
    check("?person=nobody")
    check("?outcome=time_up", own)
    check("?outcome=finished", long.public_id, short.public_id)
    check(f"?since={today}", own, long.public_id)
    check(f"?until={today - timedelta(days=1)}", short.public_id)
    check(f"?shortest={long.last_ordinal}", long.public_id)
    check(f"?longest={short.last_ordinal}", own, short.public_id)
    check(f"?study={pair.conversation.study.slug}", own)
    check("?state=begun&origin=live", *all_three)


def test_the_groups_of_verdicts_are_what_the_funnel_counts(client: Client) -> None:
    good, short, _unassessed = make_conversations(make_record(), make_record(pairs=2), make_record())
    for row in (good, short):
        assessment_make(row.pk)
    assert listed(client, "?verdict=long_enough") == [good.public_id]
    assert listed(client, "?verdict=kept") == [good.public_id]


@pytest.mark.parametrize(
    "query", ["?since=yesterday", "?shortest=many", "?study=nowhere", "?shortest=-1", "?outcome=" + "x" * 500]
)
def test_what_cannot_be_read_narrows_nothing_down_and_says_so(client: Client, query: str) -> None:
    make_conversations()
    html = client.get(f"/research/conversations/{query}").content.decode()
    assert 'class="errors"' in html
    assert len(listed(client, query)) == 1


def test_the_count_stops_where_it_tells_nobody_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_conversations(*[make_record(pairs=2)] * 3)
    assert "3 conversations fit." in client.get("/research/conversations/").content.decode()
    monkeypatch.setattr(conversation_list, "COUNT_LIMIT", 2)
    monkeypatch.setattr(views, "COUNT_LIMIT", 2)
    assert "More than 2 conversations fit." in client.get("/research/conversations/").content.decode()


def test_a_conversation_knows_its_neighbours_in_the_list_it_was_opened_from(client: Client) -> None:
    first, second, third, fourth = make_conversations(*[make_record(pairs=2)] * 4)
    Conversation.objects.filter(pk=second.pk).update(state="cancelled")

    def neighbours(query: str) -> list[str]:
        html = client.get(f"/research/conversations/{third.public_id}/{query}").content.decode()
        return re.findall(r'rel="(?:prev|next)" data-key="\w" href="/research/conversations/([\w-]+)/', html)

    assert neighbours("") == [fourth.public_id, second.public_id]
    assert neighbours("?state=closed") == [fourth.public_id, first.public_id]
    html = client.get(f"/research/conversations/{third.public_id}/?state=closed&older=7&q=").content.decode()
    assert 'href="/research/conversations/?state=closed"' in html, "back to the list, without empty values"
    assert f"http://testserver/research/conversations/{third.public_id}/</code>" in html


PLANS = [
    ({}, "Index Scan Backward using collection_conversation_pkey"),
    ({"origin": "live", "state": "begun"}, "Index Scan Backward using collection_conversation_pkey"),
    ({"verdict": "kept"}, "Index Scan Backward using collection_conversation_pkey"),
    ({"problem": "job crisis"}, "Index Scan Backward using collection_conversation_pkey"),
    ({"state": "surveying"}, "Index Scan using conversation_by_state"),
    ({"outcome": "seeker_safety"}, "conversation_by_end_reason"),
    ({"q": "bulk000000000017"}, "collection_conversation_public_id_4442272f_like"),
    ({"since": "2025-01-01", "until": "2025-01-02"}, "Index Scan using conversation_by_creation"),
    ({"verdict": "intensity_queried"}, "Index Scan using collection_conversation_pkey"),
]
"""A filter, and the step of PostgreSQL's plan by which the list's first page is found."""


def plan_of(query: dict[str, str]) -> str:
    request = RequestFactory().get("/", query)
    found = ConversationFilter(request.GET, queryset=Conversation.objects.all())
    page = found.qs.filter(pk__lt=1_000_000_000).order_by("-pk")[: conversation_list.PAGE_SIZE + 1]
    return str(page.explain())


def test_the_database_finds_every_page_by_an_index() -> None:
    make_many_conversations(make_study(), count=20_000)
    for query, step in PLANS:
        plan = plan_of(query)
        assert step in plan, f"{query}: {plan}"
        assert "Seq Scan" not in plan, f"{query}: {plan}"


def test_the_words_in_use_are_read_by_walking_an_index(django_assert_num_queries: Any) -> None:
    make_many_conversations(make_study(), count=200)
    with django_assert_num_queries(2):
        assert pre_chat_values("problem") == ["Sleep Problems", "academic_pressure", "job_crisis"]
        assert pre_chat_values("emotion") == ["anxiety", "sadness"]
    with pytest.raises(ValueError, match="situation"):
        pre_chat_values("situation")
