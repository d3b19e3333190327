"""What operators scrape: true to the rows, behind a token, and without a person in it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from collection.domain.lifecycle import State
from collection.realtime import metrics as chat_metrics
from collection.services.lobby import ticket_open
from escplatform.job_marks import _ran
from study.models.ledger import LedgerEntry
from tests.support.factories import make_conversation, make_participation, make_study

pytestmark = pytest.mark.django_db
DEPLOY = Path(__file__).parents[2] / "deploy"
TOKEN = "a-token-of-the-scraper"
SWEEP = "collection.sweep_deadlines"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape() -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.content.decode()


def figure(text: str, name: str, **labels: str) -> float:
    """Return the one sample of a name and labels."""
    (value,) = (
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    )
    return value


@pytest.mark.parametrize(
    "header", ["", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ", "Bearer \u00e9"]
)
def test_without_the_token_there_is_no_such_page(header: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_where_no_token_is_set_there_is_no_such_page(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_figures_are_counts_of_the_rows() -> None:
    study = make_study()
    make_conversation(study)
    make_conversation(study)
    closed = make_conversation(study, state=State.CLOSED)
    ticket_open(make_participation(study))
    text = scrape()
    assert figure(text, "esc_conversations", study=study.slug, state="chatting") == 2
    assert figure(text, "esc_conversations", study=study.slug, state="closed") == 1
    assert figure(text, "esc_lobby_waiting", study=study.slug, role="seeker") == 1
    assert figure(text, "esc_lobby_longest_wait_seconds", study=study.slug, role="seeker") >= 0
    outcome = closed.seeker.participation.outcome
    assert figure(text, "esc_participations", study=study.slug, role="seeker", outcome=outcome) == 1
    booked = sum(LedgerEntry.objects.values_list("amount", flat=True), Decimal(0))
    assert figure(text, "esc_pay_booked_total", study=study.slug, currency="USD") == float(booked) > 0


def test_a_job_that_never_ran_is_infinitely_old() -> None:
    assert figure(scrape(), "esc_sweep_age_seconds", job=SWEEP) == float("inf")
    _ran(task=type("Task", (), {"name": SWEEP})(), state="SUCCESS")
    assert 0 <= figure(scrape(), "esc_sweep_age_seconds", job=SWEEP) < 30


def test_nothing_in_it_is_of_a_person() -> None:
    pair = make_conversation()
    pair.say("seeker", "a-word-of-the-seeker")
    text = scrape()
    for row in (pair.seeker.participation, pair.supporter.participation):
        assert row.public_id not in text
    assert "a-word-of-the-seeker" not in text


EXPRESSIONS = [
    *re.findall(r"expr: (.+)$", (DEPLOY / "alarms.yml").read_text(), re.MULTILINE),
    *(
        target["expr"]
        for panel in json.loads((DEPLOY / "grafana.json").read_text())["panels"]
        for target in panel["targets"]
    ),
]


def test_alarms_and_dashboard_look_at_figures_that_exist() -> None:
    make_conversation()
    assert chat_metrics.SOCKETS  # a web process has them from its start
    exposed = set(re.findall(r"^# TYPE (\w+) ", scrape(), re.MULTILINE))
    # Not exposed here: the suite's broker is no Redis.
    exposed |= {"esc_queue_depth"}
    named = {name for text in EXPRESSIONS for name in re.findall(r"\b(?:esc|process)_\w+", text)}
    assert len(named) > 10
    unknown = {name for name in named if re.sub(r"_(bucket|sum|count)$", "", name) not in exposed}
    assert unknown == set()


def test_prometheus_reads_the_alarms_it_is_given() -> None:
    scraping = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    assert [(DEPLOY / name).exists() for name in scraping["rule_files"]] == [True]
    rules = yaml.safe_load((DEPLOY / "alarms.yml").read_text())["groups"][0]["rules"]
    assert all(rule["alert"] and rule["expr"] and rule["annotations"]["summary"] for rule in rules)
