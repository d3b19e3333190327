"""Play a whole comparison campaign with scripted participants against the running platform."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from django.core.management import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from modeling.campaign_selectors import agents_of, answers_of, campaign_get, progress_of, questions_of
from modeling.domain.campaign_lifecycle import CampaignEvent, CampaignState
from modeling.errors import ModelingError
from modeling.models import Agent, Campaign
from modeling.rehearsal import CampaignPlan, CampaignTally, rehearse_campaign
from modeling.services.agents import agent_create
from modeling.services.campaigns import campaign_create, campaign_move
from study.services.protocols import protocol_load

PROTOCOL = "esconv-2021-comparison-rehearsal"
BY = "comparison_rehearse"


class Command(BaseCommand):
    """Scripted participants arrive, talk with both partners, compare them and leave, over HTTP and WebSockets."""

    help = "Play a comparison campaign with scripted participants, on the running platform's own database."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help comparison_rehearse`."""
        parser.add_argument(
            "slug", nargs="?", default="rehearsed-comparison", help="the campaign's short name"
        )
        parser.add_argument(
            "--pairs", type=int, default=20, help="completed pairs of a new campaign (default 20)"
        )
        parser.add_argument(
            "--agents", type=int, default=2, help="scripted agents of a new campaign (default 2)"
        )
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the platform runs")
        parser.add_argument(
            "--at-once", type=int, default=8, help="participants at the same time (default 8)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, make the campaign where it is not there, play it, and print Table 5."""
        if options["pairs"] < 1 or options["at_once"] < 1:
            raise CommandError("--pairs and --at-once must be at least 1.")
        _check_running(options["url"])
        try:
            campaign = _campaign(options)
        except ModelingError as error:
            raise CommandError(str(error)) from error
        rules = campaign.study.protocol_version.protocol.chat
        plan = CampaignPlan(
            url=options["url"],
            campaign_id=campaign.pk,
            slug=campaign.study.slug,
            quota=campaign.quota,
            seed=options["seed"],
            at_once=options["at_once"],
            lines=rules.finish_min_seeker_turns + 1,
        )
        started = time.monotonic()
        tally = _play(plan, quiet=options["verbosity"] == 0)
        self.stdout.write(
            f"{tally.arrived} participants in {time.monotonic() - started:.0f} s, seed {plan.seed}."
        )
        self._report(campaign)
        if tally.failures:
            raise CommandError("Not everybody reached the last page:\n  " + "\n  ".join(tally.failures[:20]))

    def _report(self, campaign: Campaign) -> None:
        # SciPy takes a second that nobody who asks for help should wait for.
        from modeling.domain.campaign_results import results_of
        from modeling.reports.preference_text import as_text

        progress = progress_of(campaign)
        self.stdout.write(f"{progress.answered} pairs completed, {progress.inside} people still inside.")
        for (state, stopped), count in progress.stopped.items():
            self.stdout.write(f"{count} {state} at {stopped}")
        for order, count in progress.orders.items():
            self.stdout.write(f"{count} completed with {order}")
        questions = tuple(questions_of(campaign).values())
        found = results_of(answers_of(campaign), agents=agents_of(campaign), questions=questions)
        for comparison in found.comparisons:
            self.stdout.write(f"\n{comparison.one} against {comparison.other}, {comparison.pairs} pairs")
            self.stdout.write("\n".join(as_text(comparison.table)))


def _campaign(options: dict[str, Any]) -> Campaign:
    """Return the campaign, opened; a new one has scripted agents."""
    campaign = campaign_get(options["slug"])
    if campaign is None:
        count = options["agents"]
        campaign = campaign_create(
            slug=options["slug"],
            title="Rehearsal of a comparison",
            contact="the person who started this rehearsal",
            protocol_version=protocol_load(PROTOCOL),
            arms=[_agent(number) for number in range(1, count + 1)],
            quota=options["pairs"],
            block_size=count * (count - 1),
            seed=options["seed"],
            by=BY,
            # Nobody beyond the quota: the orders of the completed pairs are then balanced exactly.
            spare=0,
            is_demo=True,
        )
    if not campaign.study.protocol_version.protocol.rehearsal or not campaign.study.is_demo:
        raise CommandError(
            f"The protocol of {campaign.study.slug!r} is no rehearsal: scripted participants never enter a real study."
        )
    if campaign.state != CampaignState.OPEN:
        campaign_move(campaign.pk, CampaignEvent.OPEN, by=BY)
    found = campaign_get(options["slug"])
    assert found is not None
    return found


def _agent(number: int) -> Agent:
    """Return a scripted agent that answers at once; the same one each time."""
    name = f"Rehearsal {number}"
    found = Agent.objects.filter(name=name, kind=Agent.Kind.SCRIPTED, enabled=True).first()
    pace = {"pause_seconds": 0.2, "characters_per_second": 5000, "longest_seconds": 0.1, "messages": 1}
    return found or agent_create(name=name, kind=Agent.Kind.SCRIPTED, by=BY, config={"pace": pace})


def _check_running(url: str) -> None:
    try:
        httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        raise CommandError(
            f"Nothing answers at {url}. Start the platform first: make run ({error})."
        ) from error


def _play(plan: CampaignPlan, *, quiet: bool) -> CampaignTally:
    columns = (
        TextColumn("Rehearsing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pairs"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("rehearse", total=plan.quota)
        return asyncio.run(
            rehearse_campaign(plan, done=lambda completed: progress.update(task, completed=completed))
        )
