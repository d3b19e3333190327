"""`python manage.py retention`: let go of what the protocol keeps no longer."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand, CommandParser

from study.services.retention import LABELS, retention_run


class Command(BaseCommand):
    """What the daily job does, at once; or only what it would do."""

    help = "Erase what is older than the protocol's retention, in every study. A second run finds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help retention`."""
        parser.add_argument("--dry-run", action="store_true", help="say what would go; erase nothing")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report."""
        counts = retention_run(dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "studies": counts}, sort_keys=True))
            return
        if not counts:
            self.stdout.write("Nothing is older than it may be.")
            return
        self.stdout.write("Nothing was erased; this is what would be:" if options["dry_run"] else "Erased:")
        for slug, erased in counts.items():
            for name, count in erased.items():
                self.stdout.write(f"  {slug:20} {count:6}  {LABELS[name]}")
