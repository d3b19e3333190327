"""Comparison campaigns: set one up, open, pause and close it, and let in no more than it needs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from modeling.domain.campaign_lifecycle import (
    CampaignEvent,
    CampaignState,
    PairState,
    advance_campaign,
)
from modeling.domain.orders import check_block
from modeling.errors import CampaignInvalid
from modeling.models import Agent, Campaign, CampaignArm, CampaignStep
from study.clock import database_now
from study.domain.errors import StudyClosed
from study.models import Participation, ProtocolVersion, Study
from study.models.participant import Role

_STUDY_STATES = {
    CampaignState.DRAFT: Study.State.DRAFT,
    CampaignState.OPEN: Study.State.OPEN,
    CampaignState.PAUSED: Study.State.PAUSED,
    CampaignState.CLOSED: Study.State.CLOSED,
}


@transaction.atomic
def campaign_create(
    *,
    slug: str,
    title: str,
    contact: str,
    protocol_version: ProtocolVersion,
    arms: Sequence[Agent | None],
    quota: int,
    block_size: int,
    seed: int,
    by: str,
    spare: int | None = None,
    is_demo: bool = False,
) -> Campaign:
    """Set a campaign up as a draft, with a study of its own.

    `arms` in the order of the tables; None stands for human supporters. `spare` defaults to a tenth of the quota.

    Raises:
        CampaignInvalid: the arms, the quota, the block or the protocol cannot be used, or the slug is taken.
    """
    check_block(len(arms), block_size)
    if len(set(arms)) != len(arms):
        raise CampaignInvalid("A partner stands twice: nobody is compared with themselves.")
    if all(agent is None for agent in arms):
        raise CampaignInvalid("At least one of the partners must be an agent.")
    if quota < 1:
        raise CampaignInvalid("The quota is at least one completed pair.")
    if protocol_version.protocol.comparison is None:
        raise CampaignInvalid(f"The protocol {protocol_version} has no comparison.")
    if Study.objects.filter(slug=slug).exists():
        raise CampaignInvalid(f"There is a study {slug!r} already; choose another short name.")
    study = Study.objects.create(
        slug=slug,
        title=title,
        contact=contact,
        protocol_version=protocol_version,
        state=Study.State.DRAFT,
        is_demo=is_demo,
    )
    campaign = Campaign.objects.create(
        study=study,
        quota=quota,
        spare=max(1, quota // 10) if spare is None else spare,
        block_size=block_size,
        seed=seed,
        created_at=database_now(),
        created_by=by,
    )
    CampaignArm.objects.bulk_create(
        CampaignArm(campaign=campaign, number=number, agent=agent) for number, agent in enumerate(arms)
    )
    return campaign


def campaign_locked(campaign_id: int) -> Campaign:
    """Return a campaign under SELECT FOR UPDATE. Should be called inside a transaction."""
    return (
        Campaign.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study")
        .get(pk=campaign_id)
    )


@transaction.atomic
def campaign_move(campaign_id: int, event: CampaignEvent, *, by: str = "") -> Campaign:
    """Take one step of the lifecycle; the study takes people in, or does not, with it.

    Raises:
        IllegalStep: the table has no such step.
        CampaignInvalid: it would open although its quota is reached.
    """
    campaign = campaign_locked(campaign_id)
    if event is CampaignEvent.OPEN and answered(campaign) >= campaign.quota:
        raise CampaignInvalid("The quota is reached. Raise it first, then open again.")
    before = CampaignState(campaign.state)
    after = advance_campaign(before, event)
    campaign.state = after
    campaign.save(update_fields=["state"])
    Study.objects.filter(pk=campaign.study_id).update(state=_STUDY_STATES[after])
    CampaignStep.objects.create(
        campaign=campaign, at=database_now(), event=event, before=before, after=after, by=by
    )
    return campaign


@transaction.atomic
def campaign_quota_set(campaign_id: int, *, quota: int) -> Campaign:
    """Want another number of completed pairs; one that is reached already closes the intake.

    Raises:
        CampaignInvalid: the quota is below 1.
    """
    campaign = campaign_locked(campaign_id)
    if quota < 1:
        raise CampaignInvalid("The quota is at least one completed pair.")
    campaign.quota = quota
    campaign.save(update_fields=["quota"])
    return campaign_fill(campaign)


def campaign_fill(campaign: Campaign) -> Campaign:
    """Close the intake once the quota is reached; who is inside goes on.

    Should be called while holding a SELECT FOR UPDATE lock on the campaign.
    """
    takes_in = campaign.state in {CampaignState.OPEN, CampaignState.PAUSED}
    if takes_in and answered(campaign) >= campaign.quota:
        return campaign_move(campaign.pk, CampaignEvent.FILL)
    return campaign


def answered(campaign: Campaign) -> int:
    """Return how many pairs are completed."""
    return campaign.pairs.filter(state=PairState.ANSWERED).count()


def inside(campaign: Campaign) -> int:
    """Return how many seekers have come in and are on the way, from the link to the last question."""
    return (
        Participation.objects.filter(study=campaign.study_id, outcome="")
        .exclude(role=Role.SUPPORTER)
        .exclude(recruitment__part__in=["supporter", "training"])
        .count()
    )


def intake_check(study: Study) -> None:
    """Refuse a newcomer whom the campaign does not need: enough have completed, or are about to.

    Should be called inside the transaction that lets somebody in: it locks the campaign, so that the last place is
    given once.

    Raises:
        StudyClosed: there are enough.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).filter(study=study).first()
    if campaign is None:
        return
    wanted = campaign.quota - answered(campaign)
    if wanted <= 0 or inside(campaign) >= wanted + campaign.spare:
        raise StudyClosed
