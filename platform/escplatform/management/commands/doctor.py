"""`python manage.py doctor`: what is wrong with this deployment, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from escplatform.doctor import Level, examine


class Command(BaseCommand):
    """Exit status 1 when something is broken; warnings alone are 0."""

    help = "Check this deployment, and say what is wrong and how to mend it."
    requires_system_checks = ()  # they are among the findings

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help doctor`."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for every finding."""
        findings = examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            for finding in findings:
                self.stdout.write(
                    f"{finding.level.upper():8} {finding.check}"
                    + (f": {finding.says}" if finding.says else "")
                )
                if finding.mend:
                    self.stdout.write(f"{'':8} → {finding.mend}")
        broken = sum(finding.level is Level.ERROR for finding in findings)
        if broken:
            raise CommandError(f"{broken} of {len(findings)} findings are errors.")
