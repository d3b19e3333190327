"""Play whole studies with scripted participants against the running platform."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from django.core.management import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from collection.rehearsal.company import Plan, Tally, rehearse
from study.models import Study


class Command(BaseCommand):
    """Scripted participants arrive, consent, train, pair, converse, answer and leave, over HTTP and WebSockets."""

    help = "Play a study with scripted participants against the running platform, on its own database."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help rehearse`."""
        parser.add_argument("--conversations", type=int, default=20, help="pairs to bring (default 20)")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the platform runs")
        parser.add_argument("--study", default="rehearsal", help="slug of a study under a rehearsal protocol")
        parser.add_argument("--at-once", type=int, default=8, help="pairs at the same time (default 8)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, play with a progress bar, print the funnel."""
        if options["conversations"] < 1 or options["at_once"] < 1:
            raise CommandError("--conversations and --at-once must be at least 1.")
        study = _study(options["study"])
        _check_running(options["url"])
        plan = Plan(
            url=options["url"],
            study=study.slug,
            conversations=options["conversations"],
            seed=options["seed"],
            at_once=options["at_once"],
        )
        started = time.monotonic()
        tally = _play(plan, quiet=options["verbosity"] == 0)
        self.stdout.write(
            f"{plan.conversations} pairs in {time.monotonic() - started:.0f} s, seed {plan.seed}."
        )
        self._report(study)
        if tally.failures:
            raise CommandError("Not everybody reached the last page:\n  " + "\n  ".join(tally.failures[:20]))

    def _report(self, study: Study) -> None:
        from django.core.management import call_command

        # The room above counts; what is still in its surveys closes by itself within the protocol's window.
        window = study.protocol_version.protocol.chat.survey_window_seconds
        call_command("funnel", study.slug, wait=window + 30, stdout=self.stdout)


def _study(slug: str) -> Study:
    study = Study.objects.select_related("protocol_version").filter(slug=slug).first()
    if study is None:
        raise CommandError(
            f"There is no study {slug!r} in this database. `python manage.py demo` creates one."
        )
    if not study.protocol_version.protocol.rehearsal or not study.is_demo:
        raise CommandError(
            f"The protocol of {slug!r} is no rehearsal: scripted participants never enter a real study."
        )
    return study


def _check_running(url: str) -> None:
    try:
        httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        raise CommandError(
            f"Nothing answers at {url}. Start the platform first: make run ({error})."
        ) from error


def _play(plan: Plan, *, quiet: bool) -> Tally:
    columns = (
        TextColumn("Rehearsing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("conversations"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("rehearse", total=plan.conversations)
        return asyncio.run(rehearse(plan, done=lambda: progress.advance(task)))
