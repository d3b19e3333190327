"""Every number of the dashboard against a plain SQL count of the same rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from collection.api import ConversationState, EndReason, StrategyRevision, Utterance
from qualitycontrol.dashboard import figures, funnels
from qualitycontrol.funnel import funnel
from qualitycontrol.services.assessments import assessment_make
from study.clock import database_now
from study.models import Participation, Study
from study.services.budget import budget_set
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.factories import make_conversation, make_participation, make_study
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


def sql(query: str, *values: Any) -> Any:
    """Return the only cell of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


@dataclass
class World:
    """A study in which everything that the dashboard counts has happened."""

    study: Study
    other: Study


@pytest.fixture
def world() -> World:
    study, other = make_study(), make_study()
    finished = make_conversation(study)
    for _turn in range(3):
        finished.say("seeker")
        finished.say("supporter", strategy="question")
    make_conversation(study, state=ConversationState.CLOSED, reason=EndReason.SEEKER_LEFT)
    make_conversation(study, state=ConversationState.SURVEYING, reason=EndReason.TIME_UP)
    make_conversation(study, state=ConversationState.READY_CHECK)
    make_participation(study, role="supporter")
    make_conversation(other, state=ConversationState.CLOSED)
    good, short, _unassessed = make_conversations(
        make_record(), replace(make_record(pairs=2)), make_record(), study=study
    )
    for row in (good, short):
        assessment_make(row.pk)
    StrategyRevision.objects.create(
        utterance=Utterance.objects.filter(conversation=finished.conversation, strategy="question")[0],
        old="question",
        new="information",
        source="author",
        by="author",
        at=database_now(),
    )
    budget_set(study, soft=None, hard=None)
    return World(study=study, other=other)


BEGUN = "c.study_id = %s AND c.origin NOT IN ('practice', 'agent') AND c.state NOT IN ('ready_check', 'cancelled')"


def test_the_funnel_of_the_conversations_counts_what_sql_counts(world: World) -> None:
    pk = world.study.pk
    begun, long_enough, kept = funnels.conversation_funnel(world.study)
    assert begun.count == sql(f"SELECT count(*) FROM collection_conversation c WHERE {BEGUN}", pk) == 6
    verdicts = (
        "SELECT count(*) FROM collection_conversation c JOIN qualitycontrol_assessment a ON a.conversation_id = c.id"
        f" AND a.superseded_at IS NULL AND a.protocol_version_id = c.protocol_version_id WHERE {BEGUN} AND a.state"
    )
    assert long_enough.count == sql(f"{verdicts} <> 'filtered_out'", pk) == 1
    assert kept.count == sql(f"{verdicts} IN ('qualified', 'released')", pk) == 1
    assert begun.cost == sql(
        "SELECT sum(amount) FROM study_ledgerentry WHERE participation_id IN (SELECT s.participation_id FROM "
        f"collection_seat s JOIN collection_conversation c ON c.id = s.conversation_id WHERE {BEGUN})",
        pk,
    )
    assert begun.cost > 0
    assert kept.cost_each == begun.cost, "one kept conversation bears the cost of all"
    median = sql(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at) / 60) "
        f"FROM collection_conversation c WHERE {BEGUN}",
        pk,
    )
    assert begun.median_minutes == pytest.approx(median)
    counts = funnel(world.study)
    assert (counts.conversations, counts.finished_and_long_enough, counts.qualified) == (6, 1, 1)
    assert (begun.share_of_previous, long_enough.share_of_start) == (None, pytest.approx(1 / 6))


def test_the_funnel_of_the_people_counts_what_sql_counts(world: World) -> None:
    applicants, passed = funnels.people_funnel(world.study)
    assert (
        applicants.count
        == sql(
            "SELECT count(DISTINCT participant_id) FROM study_participation WHERE study_id = %s AND role = 'supporter'",
            world.study.pk,
        )
        == 5
    )
    assert passed.count == sql(
        "SELECT count(DISTINCT a.participant_id) FROM tutorial_attempt a JOIN study_participation p "
        "ON p.id = a.participation_id WHERE p.study_id = %s AND a.state = 'passed'",
        world.study.pk,
    )
    assert applicants.cost == (
        sql(
            "SELECT coalesce(sum(amount), 0) FROM study_ledgerentry l JOIN study_participation p ON p.id = "
            "l.participation_id WHERE p.study_id = %s AND p.role = 'supporter' AND l.reason LIKE 'training%%'",
            world.study.pk,
        )
    )


def test_ends_and_broken_pairs_are_what_sql_counts(world: World) -> None:
    pk = world.study.pk
    for reason in funnels.end_reasons(world.study):
        assert reason.count == sql(
            f"SELECT count(*) FROM collection_conversation c WHERE {BEGUN} AND end_reason = %s",
            pk,
            reason.name,
        )
    assert figures.broken(world.study) == (
        sql(
            f"SELECT count(*) FROM collection_conversation c WHERE {BEGUN} AND end_reason NOT IN "
            "('', 'finished', 'time_up')",
            pk,
        ),
        sql(f"SELECT count(*) FROM collection_conversation c WHERE {BEGUN} AND end_reason <> ''", pk),
    )
    assert figures.broken(world.study) == (1, 5)


def test_the_mix_of_strategies_follows_the_changes(world: World) -> None:
    current = (
        "SELECT count(*) FROM collection_utterance u JOIN collection_conversation c ON c.id = u.conversation_id "
        f"WHERE {BEGUN} AND u.strategy <> '' AND coalesce((SELECT r.new FROM collection_strategyrevision r "
        "WHERE r.utterance_id = u.id ORDER BY r.id DESC LIMIT 1), u.strategy) = %s"
    )
    mix = {part.key: part for part in figures.strategy_mix(world.study)}
    assert {key: part.count for key, part in mix.items()} == {
        key: sql(current, world.study.pk, key) for key in mix
    }
    assert mix["information"].count == 1, "a changed strategy counts as what it was changed to"
    assert sum(part.share for part in mix.values()) == pytest.approx(1)


def test_todays_intake_the_waits_and_the_money_are_what_sql_counts(world: World) -> None:
    pk = world.study.pk
    Participation.objects.filter(study=world.study, role="seeker").order_by("pk")[:1]
    first = Participation.objects.filter(study=world.study).earliest("pk")
    Participation.objects.filter(pk=first.pk).update(entered_at=database_now() - timedelta(days=2))
    today = {figure.key: figure.value for figure in figures.today(world.study, now=database_now())}
    came = "SELECT count(*) FROM study_participation WHERE study_id = %s AND entered_at >= date_trunc('day', now())"
    assert today["arrived"] == sql(came, pk)
    assert today["seekers"] == sql(f"{came} AND role = 'seeker'", pk)
    assert today["supporters"] == sql(f"{came} AND role = 'supporter'", pk)
    assert today["begun"] == sql(
        f"SELECT count(*) FROM collection_conversation c WHERE {BEGUN} AND started_at >= date_trunc('day', now())",
        pk,
    )
    assert today["kept"] == 1
    booked = "SELECT sum(amount) FROM study_ledgerentry l JOIN study_participation p ON p.id = l.participation_id WHERE p.study_id = %s"
    assert today["spent"] == sql(booked, pk)
    money = {figure.key: figure.value for figure in figures.money(world.study)}
    assert money["booked"] == sql(booked, pk)
    assert money["paid"] == 0
    assert money["hard"] is None
    for wait in figures.waits(world.study):
        tickets = "SELECT count(*) FROM collection_ticket WHERE study_id = %s AND role = %s AND state"
        assert wait.seated == sql(f"{tickets} = 'seated'", pk, wait.role) == 3
        assert wait.waiting == sql(f"{tickets} IN ('waiting', 'matched')", pk, wait.role) == 1
        assert wait.unmatched == sql(f"{tickets} IN ('left', 'gone', 'no_show')", pk, wait.role)


def test_a_bar_leads_to_as_many_conversations_as_it_counts(world: World, client: Client) -> None:
    client.force_login(make_staff("staff"))
    page = unescape(client.get(f"/research/studies/{world.study.slug}/dashboard/").content.decode())
    rows = re.findall(r'<a class="bar-link" href="([^"]+)".*?data-figure="(\w+)">(\d+)<', page, re.DOTALL)
    ends = re.findall(r'<a href="([^"]+outcome=[^"]+)">[^<]+</a> <span data-figure="(\w+)">(\d+)<', page)
    # Applicants are people, and lead to theirs; here are the bars of conversations.
    rows = [row for row in rows if "/conversations/" in row[0]]
    assert [key for _url, key, _count in rows] == ["begun", "long_enough", "kept"]
    assert len(ends) >= 3
    for url, key, count in rows + ends:
        listed = client.get(url).content.decode()
        assert re.search(rf"\b{count} conversations? fits?\.", unescape(listed)), (key, count)
    assert page.count("How computed") >= 6


def test_an_empty_study_has_a_dashboard(client: Client) -> None:
    client.force_login(make_staff("staff"))
    study = make_study()
    page = client.get(f"/research/studies/{study.slug}/dashboard/").content.decode()
    assert "None is over yet." in page
    assert client.get("/research/studies/none/dashboard/").status_code == 404
    assert study.title in client.get("/research/studies/").content.decode()
