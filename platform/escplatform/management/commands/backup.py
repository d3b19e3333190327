"""`python manage.py backup FILE`: a copy of the database while people go on writing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from escplatform.backups import BackupError, backup


class Command(BaseCommand):
    """Copy the database by its own tool."""

    help = "Write a copy of the database, as of one instant, while people go on writing."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help backup`."""
        parser.add_argument("file", type=Path, help="where the copy goes; never written over")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, and say how large the copy is."""
        try:
            size = backup(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{options['file']}: {size:,} bytes. It holds what people wrote: encrypt it, and keep it apart"
        )
        self.stdout.write("from the identity key.")
