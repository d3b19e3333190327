"""The study team's pages of a comparison: planning, moving, results, cases, and who may see them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from scipy import stats

from modeling.domain.campaign_lifecycle import CampaignState
from modeling.models import Campaign, Pair
from study.models import Consent
from study.services.withdrawals import participant_withdraw
from tests.modeling.comparisons import (
    QUESTIONS,
    answer,
    chat,
    chat_with_words,
    complete,
    make_agent,
    make_campaign,
    make_comparer,
)
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client() -> Client:
    """A researcher's browser."""
    browser = Client()
    browser.force_login(make_staff("ada"))
    return browser


def url(name: str, campaign: Campaign, *more: object) -> str:
    return reverse(f"comparisons:{name}", args=[campaign.study.slug, *more])


def test_nobody_but_the_study_team_sees_them(client: Client) -> None:
    campaign = make_campaign()
    pages = [reverse("comparisons:index"), reverse("comparisons:new")]
    pages += [url(name, campaign) for name in ("detail", "results", "cases")]
    pages += [url("download", campaign, kind) for kind in ("answers.csv", "results.json", "table.tex")]
    for page in pages:
        assert client.get(page).status_code in {302, 404}


def test_the_power_is_calculated_before_the_quota_is_chosen(staff_client: Client) -> None:
    page = staff_client.get(reverse("comparisons:new"), {"win": "65", "tie": "13", "power": "80"})
    content = page.content.decode()
    assert "completed pairs on" in content
    assert f'value="{page.context["plan"]["pairs"]}"' in content
    refused = staff_client.get(reverse("comparisons:new"), {"win": "50", "tie": "0", "power": "80"})
    assert "not there" in refused.content.decode()


def new_campaign(**changes: object) -> dict[str, object]:
    agents = [make_agent("Alpha"), make_agent("Beta")]
    return {
        "title": "Which helps more?",
        "slug": "which-helps",
        "contact": "team@example.org",
        "protocol": "esconv-2021-comparison",
        "arms": [agent.public_id for agent in agents],
        "quota": 20,
        "block_size": 4,
        "seed": 3,
    } | changes


def test_a_campaign_is_planned_opened_paused_and_closed_in_the_browser(staff_client: Client) -> None:
    answer_page = staff_client.post(reverse("comparisons:new"), new_campaign())
    campaign = Campaign.objects.get()
    assert answer_page.headers["Location"] == url("detail", campaign)
    assert [arm.label for arm in campaign.arms.all()] == ["Alpha, version 1", "Beta, version 1"]
    assert (campaign.quota, campaign.spare, campaign.block_size, campaign.seed) == (20, 2, 4, 3)
    for event, state in (("open", "open"), ("pause", "paused"), ("open", "open"), ("close", "closed")):
        staff_client.post(url("act", campaign), {"event": event})
        campaign.refresh_from_db()
        assert campaign.state == state
    assert staff_client.post(url("act", campaign), {"event": "fill"}).status_code == 404
    staff_client.post(url("act", campaign), {"quota": "30"})
    campaign.refresh_from_db()
    assert campaign.quota == 30
    assert "Journal" in staff_client.get(url("detail", campaign)).content.decode()


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"title": "Is ALPHA better?"}, "name of a partner"),
        ({"slug": "beta-test"}, "name of a partner"),
        ({"slug": "new"}, "another short name"),
        ({"block_size": 3}, "multiple of 2"),
        ({"arms": ["human"]}, "two to 6"),
        ({"protocol": "esconv-2021"}, "Select a valid choice"),
        ({"quota": "many"}, "whole number"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_with_its_reason(
    staff_client: Client, changes: dict[str, object], because: str
) -> None:
    page = staff_client.post(reverse("comparisons:new"), new_campaign(**changes))
    assert page.status_code == 400
    assert because in page.content.decode()
    assert not Campaign.objects.exists()


@pytest.fixture
def answered() -> Campaign:
    """A campaign of four completed pairs and one that was left: everybody prefers the first conversation overall."""
    campaign = make_campaign(quota=4, arms=[make_agent("Alpha"), make_agent("Beta")])
    participation = make_comparer(campaign)
    chat_with_words(participation)
    chat_with_words(participation)
    answer(participation, fluency="same")
    leaver = make_comparer(campaign)
    chat(leaver)
    from collection.services.leaving import participation_leave

    participation_leave(leaver)
    for _pair in range(3):
        complete(campaign, fluency="same")
    return Campaign.objects.get(pk=campaign.pk)


def test_the_results_are_those_of_the_completed_pairs(staff_client: Client, answered: Campaign) -> None:
    assert answered.state == CampaignState.CLOSED
    page = staff_client.get(url("results", answered))
    table = page.context["comparisons"][0]["comparison"].table
    # Every order came twice, and the first one always wins.
    assert (table["Overall"].win, table["Overall"].lose, table["Overall"].tie) == (2, 2, 0)
    assert (table["Fluency"].win, table["Fluency"].lose, table["Fluency"].tie) == (0, 0, 4)
    effect = page.context["results"].order["Overall"]
    assert (effect.first, effect.second, effect.p) == (4, 0, stats.binomtest(4, 4).pvalue)
    assert page.context["progress"].balanced
    content = page.content.decode()
    assert "Alpha, version 1 against Beta, version 1" in content
    assert "By problem and feeling" in content
    detail = staff_client.get(url("detail", answered)).content.decode()
    assert "Not completed" in detail
    assert "between" in detail


def test_the_files_say_the_same_and_the_command_remakes_the_table(
    staff_client: Client, answered: Campaign, tmp_path: Path
) -> None:
    from modeling.__main__ import main

    text = staff_client.get(url("download", answered, "answers.csv")).content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4 * len(QUESTIONS)
    document = json.loads(staff_client.get(url("download", answered, "results.json")).content)
    (tmp_path / "answers.csv").write_text(text)
    main(["compare", str(tmp_path / "answers.csv"), "--json", str(tmp_path / "out.json")])
    remade = json.loads((tmp_path / "out.json").read_text())
    table = document["comparisons"][0]["table"]
    assert {q: (r["win"], r["lose"], r["tie"], r["p"]) for q, r in remade.items()} == {
        q: (r["win"], r["lose"], r["tie"], r["p"]) for q, r in table.items()
    }
    assert document["not_completed"] == [{"state": "left", "stopped_at": "between", "pairs": 1}]
    assert set(document["orders"].values()) == {2}
    latex = staff_client.get(url("download", answered, "table.tex")).content.decode()
    assert "Overall & 2 & 2 & 0" in latex
    assert staff_client.get(url("intervals", answered, 0)).content.startswith(b"<?xml")
    assert staff_client.get(url("intervals", answered, 1)).status_code == 404
    assert b"<svg" in staff_client.get(url("progress", answered)).content


def test_a_case_shows_both_conversations_and_is_saved_where_the_participant_agreed(
    staff_client: Client, answered: Campaign
) -> None:
    listed = staff_client.get(url("cases", answered)).content.decode()
    pair = Pair.objects.filter(campaign=answered, place=0).get()
    assert url("case", answered, pair.pk) in listed
    shown = staff_client.get(url("case", answered, pair.pk)).content.decode()
    assert shown.count("My partner said that.") == 2
    assert "&lt;b&gt;my partner" in shown
    page = url("case_download", answered, pair.pk, "case.html")
    text = url("case_download", answered, pair.pk, "case.txt")
    saved = staff_client.get(page).content.decode()
    assert saved.count("[Question]") == 2
    assert "<b>my partner" not in saved
    assert "Seeker: I said this to <b>my partner</b>." in staff_client.get(text).content.decode()
    Consent.objects.update(public_release=False)
    assert staff_client.get(page).status_code == 404
    assert "study team only" in staff_client.get(url("case", answered, pair.pk)).content.decode()


def test_who_withdraws_afterwards_is_nowhere(staff_client: Client, answered: Campaign) -> None:
    pair = Pair.objects.filter(campaign=answered, place=0).get()
    participant_withdraw(pair.participation.participant_id)
    page = staff_client.get(url("results", answered))
    assert page.context["comparisons"][0]["comparison"].pairs == 3
    assert not page.context["progress"].balanced
    assert staff_client.get(url("case", answered, pair.pk)).status_code == 404


def test_an_empty_campaign_has_pages_too(staff_client: Client) -> None:
    campaign = make_campaign(humans=True)
    for name in ("detail", "results", "cases"):
        assert staff_client.get(url(name, campaign)).status_code == 200
    assert staff_client.get(url("progress", campaign)).status_code == 404
    assert len(staff_client.get(url("download", campaign, "answers.csv")).content.splitlines()) == 1
    assert "human supporters" in staff_client.get(reverse("comparisons:index")).content.decode()


def test_three_partners_are_ranked(staff_client: Client) -> None:
    campaign = make_campaign(partners=3, quota=6)
    for number in range(6):
        complete(campaign, overall=("first", "second", "same")[number % 3])
    page = staff_client.get(url("results", campaign))
    assert len(page.context["comparisons"]) == 3
    assert "Bradley" in page.content.decode()
