"""Print a study's two funnels."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from qualitycontrol.api import Funnel, funnel, unassessed_count
from qualitycontrol.management.files import write_json
from study.models import Study


class Command(BaseCommand):
    """Applicants to passed; conversations to finished and long enough to qualified (Liu et al. 2021, §4.3)."""

    help = (
        "Print a study's funnel: applicants → passed; conversations → finished and long enough → qualified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help funnel`."""
        parser.add_argument("study", nargs="?", help="slug; without it, all studies together")
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            help="seconds to wait until every conversation is over and assessed",
        )
        parser.add_argument("--json", type=Path, help="write the counts to this file as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        study = None
        if options["study"]:
            study = Study.objects.filter(slug=options["study"]).first()
            if study is None:
                raise CommandError(f"There is no study {options['study']!r}.")
        _wait(study, seconds=options["wait"])
        counts = funnel(study)
        for line in _lines(counts):
            self.stdout.write(line)
        if options["json"]:
            write_json(counts.document(), options["json"])


def _wait(study: Study | None, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and unassessed_count(study):
        time.sleep(0.5)


def _lines(counts: Funnel) -> list[str]:
    return [
        f"Applicants                  {counts.applicants:>6}",
        f"  passed the exam           {counts.passed:>6}  {_share(counts.passed, counts.applicants)}",
        f"Conversations               {counts.conversations:>6}",
        f"  finished and long enough  {counts.finished_and_long_enough:>6}"
        f"  {_share(counts.finished_and_long_enough, counts.conversations)}",
        f"  qualified                 {counts.qualified:>6}"
        f"  {_share(counts.qualified, counts.finished_and_long_enough)}",
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else "     –"
