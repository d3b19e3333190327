"""`python manage.py funnel [STUDY]`: how many came how far."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qualitycontrol.funnel import funnel
from qualitycontrol.management.files import write_json
from study.models import Study


class Command(BaseCommand):
    """Print the funnel of a study."""

    help = "Print the funnel: applicants, passed; conversations, finished and long enough, qualified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("study", nargs="?", metavar="STUDY", help="slug of a study; default: all of them")
        parser.add_argument("--json", type=Path, metavar="OUT", help="also write the counts to this file")

    def handle(self, *args: Any, study: str | None, json: Path | None, **options: Any) -> None:
        """Print one line per step."""
        chosen = Study.objects.filter(slug=study).first() if study else None
        if study and chosen is None:
            raise CommandError(f"There is no study {study!r}.")
        counts = funnel(chosen).document()
        for name, count in counts.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        if json is not None:
            write_json(counts, json)
