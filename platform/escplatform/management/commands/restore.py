"""`python manage.py restore FILE`: bring a backup back into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from escplatform.backups import BackupError, restore, withdrawals_repeat


class Command(BaseCommand):
    """Restore, bring the tables up to date, repeat later withdrawals, check."""

    help = "Bring a backup back into an empty database, repeat the withdrawals that came after it, and check."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help restore`."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do all four; the last step's exit code is this command's."""
        try:
            restore(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0, interactive=False)
        repeated = withdrawals_repeat()
        self.stdout.write(f"{options['file']} is restored; {repeated} later withdrawals were repeated.")
        call_command("audit", stdout=self.stdout)
