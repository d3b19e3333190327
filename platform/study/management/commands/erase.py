"""`python manage.py erase NUMBER`: withdraw somebody who wrote to the study team."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from study.models import Participant, Participation, Withdrawal
from study.services.withdrawals import LABELS, participant_withdraw


class Command(BaseCommand):
    """Erase what one participant wrote, as their own page does."""

    help = "End and erase everything of one participant, and print the receipt. What was earned stays booked."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help erase`."""
        parser.add_argument("number", help="the number at the foot of the participant's pages")
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased; erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Withdraw; for a dry run do the very same and take it back."""
        participant_id = _participant_id(options["number"])
        with transaction.atomic():
            receipt = participant_withdraw(participant_id)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._print(receipt, dry_run=options["dry_run"])

    def _print(self, receipt: Withdrawal, *, dry_run: bool) -> None:
        self.stdout.write("Nothing was erased; this is what would be:" if dry_run else "Erased:")
        for name, count in receipt.erased.items():
            self.stdout.write(f"  {count:6}  {LABELS[name]}")
        if not receipt.identity_erased_at:
            self.stdout.write(
                "The recruiting ids are kept, encrypted, until the last payment is marked as paid."
            )
        if not dry_run:
            self.stdout.write(f"Receipt {receipt.number} of {receipt.at:%Y-%m-%d %H:%M} UTC")


def _participant_id(number: str) -> int:
    found = (
        Participation.objects.filter(public_id=number).values_list("participant_id", flat=True).first()
        or Participant.objects.filter(public_id=number).values_list("pk", flat=True).first()
    )
    if found is None:
        raise CommandError(f"There is nobody with the number {number}.")
    return found
