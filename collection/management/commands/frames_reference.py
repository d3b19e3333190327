"""Write the reference of the socket's frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from collection.frames_reference import frames_reference

PATH = Path("docs") / "reference" / "frames.md"


class Command(BaseCommand):
    """The test suite says when it has to be run again."""

    help = f"Write {PATH} from the frames' definition."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        (settings.ROOT / PATH).write_text(frames_reference(), encoding="utf-8")
        self.stdout.write(f"Wrote {PATH}.")
