"""Campaigns: set up, opened, filled, and letting in no more than they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modeling.domain.campaign_lifecycle import CampaignEvent, CampaignState, IllegalStep
from modeling.errors import CampaignInvalid
from modeling.models import Campaign
from modeling.services.campaigns import answered, campaign_move, campaign_quota_set, inside
from study.domain.errors import StudyClosed
from study.models import Study
from study.services.participations import participation_end
from study.services.protocols import protocol_load
from tests.modeling.comparisons import complete, make_agent, make_campaign, make_comparer
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda: {"block_size": 3}, "multiple of 2"),
        (lambda: {"arms": [make_agent()]}, "two partners"),
        (lambda: {"arms": [agent := make_agent(), agent]}, "twice"),
        (lambda: {"arms": [None, None]}, "twice"),
        (lambda: {"quota": 0}, "quota"),
        (lambda: {"protocol_version": protocol_load("esconv-2021")}, "no comparison"),
        (lambda: {"slug": make_campaign().study.slug}, "already"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: Callable[[], dict[str, Any]], because: str) -> None:
    with pytest.raises(CampaignInvalid, match=because):
        make_campaign(opened=False, **change())


def test_the_study_takes_people_in_with_the_campaign_and_every_step_is_written_down() -> None:
    campaign = make_campaign(opened=False)

    def study_state() -> str:
        return Study.objects.get(pk=campaign.study_id).state

    assert study_state() == "draft"
    for event, state in (("open", "open"), ("pause", "paused"), ("open", "open"), ("close", "closed")):
        assert campaign_move(campaign.pk, CampaignEvent(event), by="ann").state == state
        assert study_state() == state
    with pytest.raises(IllegalStep):
        campaign_move(campaign.pk, CampaignEvent.PAUSE)
    assert list(campaign.steps.values_list("event", "by")) == [
        ("open", "ann"),
        ("pause", "ann"),
        ("open", "ann"),
        ("close", "ann"),
    ]


def test_the_quota_of_completed_pairs_closes_the_intake_and_a_higher_one_reopens_it() -> None:
    campaign = make_campaign(quota=2)
    complete(campaign)
    late = make_comparer(campaign)
    complete(campaign)
    campaign.refresh_from_db()
    assert (campaign.state, answered(campaign), inside(campaign)) == (CampaignState.CLOSED, 2, 1)
    with pytest.raises(StudyClosed):
        make_comparer(campaign)
    with pytest.raises(CampaignInvalid, match="reached"):
        campaign_move(campaign.pk, CampaignEvent.OPEN)
    campaign_quota_set(campaign.pk, quota=3)
    campaign_move(campaign.pk, CampaignEvent.OPEN)
    assert make_comparer(campaign).pk != late.pk


def test_a_quota_below_what_is_completed_closes_at_once() -> None:
    campaign = make_campaign(quota=3)
    complete(campaign)
    assert campaign_quota_set(campaign.pk, quota=1).state == CampaignState.CLOSED


def test_no_more_come_in_than_the_quota_and_the_spare_allow() -> None:
    campaign = make_campaign(quota=2, spare=1)
    first = [make_comparer(campaign, surveyed=False) for _person in range(3)]
    with pytest.raises(StudyClosed):
        make_comparer(campaign)
    participation_end(first[0].pk, outcome="left_early")
    make_comparer(campaign)
    assert inside(campaign) == 3


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once() -> None:
    campaign = make_campaign(quota=1, spare=1)
    results = at_once([lambda: make_comparer(Campaign.objects.get(pk=campaign.pk), surveyed=False)] * 6)
    assert sum(isinstance(result, StudyClosed) for result in results) == 4
    assert inside(campaign) == 2
