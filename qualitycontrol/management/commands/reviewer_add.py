"""`python manage.py reviewer_add USERNAME`: let a staff account review strategies."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from qualitycontrol.services.reviewers import ReviewerRefused, reviewer_add


class Command(BaseCommand):
    """Add a reviewer."""

    help = "Let a staff account vote in the strategy review, or decide where the votes do not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("username", metavar="USERNAME", help="a staff account")
        parser.add_argument("--adjudicator", action="store_true", help="it may decide as well")
        parser.add_argument(
            "--participant",
            action="append",
            default=[],
            metavar="ID",
            help="number under which the person took part; keeps their own conversations from them",
        )

    def handle(
        self, *args: Any, username: str, adjudicator: bool, participant: list[str], **options: Any
    ) -> None:
        """Add, and say what the account may do."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        try:
            groups = reviewer_add(user, adjudicator=adjudicator, participants=tuple(participant))
        except ReviewerRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{username}: {', '.join(groups)}")
