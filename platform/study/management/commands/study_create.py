"""Create a study under a protocol, from the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from study import protocol_files
from study.domain.errors import ApplicationError
from study.services.protocols import protocol_store
from study.services.studies import study_create


class Command(BaseCommand):
    """Create a study; the same slug again changes nothing."""

    help = (
        "Create a study under a protocol: one that comes with the platform, or a TOML file that extends one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help study_create`."""
        parser.add_argument("slug", help="short name in the study's links")
        parser.add_argument("--title", required=True)
        parser.add_argument("--contact", required=True, help="whom participants write to")
        parser.add_argument(
            "--protocol", default=protocol_files.DEFAULT, help="a protocol's name, or a TOML file"
        )
        parser.add_argument(
            "--demo", action="store_true", help="anyone may enter by the anonymous link, and practise"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the protocol, create the study, print its links."""
        try:
            version = protocol_store(_document(options["protocol"]))
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        study = study_create(
            options["slug"],
            title=options["title"],
            protocol_version=version,
            contact=options["contact"],
            is_demo=options["demo"],
        )
        self.stdout.write(
            f"{study.title} ({study.slug}) under {study.protocol_version}, {study.get_state_display()}"
        )


def _document(name_or_path: str) -> dict[str, Any]:
    path = Path(name_or_path)
    if path.suffix != ".toml":
        return protocol_files.read_document(name_or_path)
    try:
        return protocol_files.extend(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise CommandError(f"{path} is not valid TOML: {error}") from error
