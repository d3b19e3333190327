"""`python manage.py qualification_revoke NUMBER --reason TEXT`: close the supporter's seat to somebody."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from study.domain.errors import ApplicationError
from study.selectors import participation_get
from tutorial.selectors import qualification_list
from tutorial.services.qualifications import qualification_revoke


class Command(BaseCommand):
    """Revoke what a participant holds under the protocol of one participation."""

    help = "Revoke a supporter's qualification. A conversation that is going on goes on; the next cannot be joined."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the participation's number and the reason."""
        parser.add_argument("number", help="the number at the foot of the supporter's pages")
        parser.add_argument("--reason", required=True, help="why, for the record (at most 200 characters)")

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        """Revoke every standing qualification, all or none."""
        participation = participation_get(options["number"])
        if participation is None:
            raise CommandError(f"There is no participation {options['number']}.")
        standing = [one for one in qualification_list(participation) if one.revoked_at is None]
        if not standing:
            raise CommandError("There is no qualification to revoke.")
        try:
            for qualification in standing:
                qualification_revoke(qualification.pk, reason=options["reason"])
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{len(standing)} revoked.")
