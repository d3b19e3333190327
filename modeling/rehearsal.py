"""A whole campaign of scripted participants, over HTTP and WebSockets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from asgiref.sync import sync_to_async

from collection.rehearsal.browser import Browser, RehearsalFailed
from collection.rehearsal.personas import Manner, SeekerPersona, seeker_persona
from collection.rehearsal.play import Play, play
from modeling.domain.campaign_lifecycle import CampaignState
from modeling.models import Campaign
from modeling.services.campaigns import answered, inside

ARRIVALS_EACH = 3
"""So many may come for each completed pair that is wanted: some leave, and their places are filled again."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is rehearsed."""

    url: str
    campaign_id: int
    slug: str
    quota: int
    seed: int
    at_once: int
    """Participants at the same time."""
    lines: int
    """What a participant tells in each conversation: so many messages, at least what the protocol asks for."""
    pace: tuple[float, float] = (0.0, 0.05)
    chat_seconds: float = 150.0


@dataclass
class CampaignTally:
    """What became of everybody."""

    arrived: int = 0
    completed: int = 0
    coming: int = 0
    """On the way to the door; a place is kept for each."""
    failures: list[str] = field(default_factory=list)


async def rehearse_campaign(plan: CampaignPlan, *, done: Callable[[int], None]) -> CampaignTally:
    """Bring participants until the campaign is closed; `done` is told how many pairs are completed."""
    tally = CampaignTally()
    door = asyncio.Lock()

    async def take_place() -> bool:
        """Keep a place for somebody who is about to come, so that nobody is refused at the door."""
        async with door:
            free = await sync_to_async(_free)(plan) - tally.coming
            tally.coming += int(free > 0)
            return free > 0

    async def come() -> None:
        while tally.arrived < ARRIVALS_EACH * plan.quota and not await sync_to_async(_closed)(plan):
            if not await take_place():
                await asyncio.sleep(0.5)
                continue
            number = tally.arrived
            tally.arrived += 1
            try:
                await _participant(plan, number, tally)
            except RehearsalFailed as error:
                if not await sync_to_async(_closed)(plan):
                    tally.failures.append(f"participant {number}: {error}")
            tally.completed = await sync_to_async(_answered)(plan)
            done(tally.completed)

    await asyncio.gather(*(come() for _seat in range(min(plan.at_once, plan.quota))))
    return tally


async def _participant(plan: CampaignPlan, number: int, tally: CampaignTally) -> None:
    arrived = False

    def at_step(_step: str) -> None:
        nonlocal arrived
        if not arrived:
            arrived = True
            tally.coming -= 1

    rng = random.Random(f"{plan.seed}/{number}")  # noqa: S311 - a rehearsal, not a secret
    part = Play(
        role="seeker",
        persona=_persona(rng, lines=plan.lines),
        rng=rng,
        training=_no_training,
        pace=plan.pace,
        chat_seconds=plan.chat_seconds,
        wait_seconds=30.0,
        begins=True,
        at_step=at_step,
    )
    try:
        async with Browser(plan.url) as browser:
            await play(browser, f"/try/{plan.slug}/", part)
    finally:
        at_step("over")


def _persona(rng: random.Random, *, lines: int) -> SeekerPersona:
    """Draw somebody. Nobody falls silent: a program waits, so such a conversation would only be slow."""
    drawn = seeker_persona(rng)
    manner = Manner.GOOD if drawn.manner is Manner.SILENT else drawn.manner
    return replace(drawn, manner=manner, lines=drawn.lines[:lines], stops_after=min(2, lines))


async def _no_training(_browser: Browser, _passes: bool) -> None:
    raise RehearsalFailed("Nobody is trained in a comparison.")


def _closed(plan: CampaignPlan) -> bool:
    return Campaign.objects.get(pk=plan.campaign_id).state != CampaignState.OPEN


def _free(plan: CampaignPlan) -> int:
    """Return how many more the campaign lets in now."""
    campaign = Campaign.objects.get(pk=plan.campaign_id)
    return campaign.quota - answered(campaign) + campaign.spare - inside(campaign)


def _answered(plan: CampaignPlan) -> int:
    return Campaign.objects.get(pk=plan.campaign_id).pairs.filter(state="answered").count()
