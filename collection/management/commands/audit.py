"""Check the promises of the chat over the stored rows."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from collection.audit import SHOWN, audit


class Command(BaseCommand):
    """Reads only; exit status 1 when a rule is broken."""

    help = "Check over the stored rows that no message is lost, doubled or out of place, and that pay agrees."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for every rule."""
        findings = audit()
        for finding in findings:
            shown = ", ".join(map(str, finding.ids[:SHOWN]))
            more = f" and {len(finding.ids) - SHOWN} more" if len(finding.ids) > SHOWN else ""
            self.stdout.write(
                f"{'holds ' if finding.holds else 'BROKEN'}  {finding.rule}"
                + (f" {shown}{more}" if shown else "")
            )
        broken = sum(not finding.holds for finding in findings)
        if broken:
            raise CommandError(f"{broken} of {len(findings)} rules are broken.")
        self.stdout.write(f"All {len(findings)} rules hold.")
