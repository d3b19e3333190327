"""`python manage.py qualification_grant NUMBER`: admit somebody to the supporter's seat without an exam."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.selectors import participation_get
from tutorial.services.qualifications import qualification_grant


class Command(BaseCommand):
    """Grant a qualification by the study team's own decision, after a revocation for example."""

    help = "Admit a participant to the supporter's seat without an exam, for as long as the protocol says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the participation's number."""
        parser.add_argument("number", help="the number at the foot of the supporter's pages")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Grant under the participation's own protocol version."""
        participation = participation_get(options["number"])
        if participation is None:
            raise CommandError(f"There is no participation {options['number']}.")
        granted = qualification_grant(
            participation.participant, protocol_version=participation.protocol_version
        )
        self.stdout.write(f"Granted until {granted.expires_at:%Y-%m-%d %H:%M} UTC.")
