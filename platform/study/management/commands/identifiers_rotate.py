"""`python manage.py identifiers_rotate`: encrypt every stored identifier under the current key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.services.identity_rotation import identifiers_rotate


class Command(BaseCommand):
    """Rotate, or count what a rotation would do."""

    help = "Encrypt every stored identifier anew under ESC_IDENTITY_KEY; those under ESC_IDENTITY_KEY_OLD can be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Rotate and say how many."""
        found = identifiers_rotate(dry_run=dry_run)
        verb = "would be encrypted anew" if dry_run else "encrypted anew"
        self.stdout.write(f"{found.rotated} {verb}, {found.current} under the current key already.")
        if found.unreadable:
            raise CommandError(
                f"{found.unreadable} cannot be read with any key that is set; they stay as they are."
            )
