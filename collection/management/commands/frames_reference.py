"""Write the reference of the socket's frames."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from collection.asyncapi import asyncapi_document
from collection.frames_reference import frames_reference

FOLDER = Path("docs") / "reference"


def reference_files() -> dict[str, str]:
    """Return the text of each file that is written from the frames' definition, by name."""
    document = json.dumps(asyncapi_document(), indent=2, ensure_ascii=False)
    return {"frames.md": frames_reference(), "frames.asyncapi.json": document + "\n"}


class Command(BaseCommand):
    """The test suite says when it has to be run again."""

    help = f"Write frames.md and frames.asyncapi.json in {FOLDER} from the frames' definition."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files."""
        for name, text in reference_files().items():
            (settings.ROOT / FOLDER / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {FOLDER / name}.")
