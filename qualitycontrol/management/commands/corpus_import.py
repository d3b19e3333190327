"""`python manage.py corpus_import FILE`: a published file becomes conversations without participants, assessed."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.api import ImportSource
from qualitycontrol.domain.report import STATES
from qualitycontrol.management.files import read_conversations
from qualitycontrol.services.imports import corpus_import
from study import protocol_files
from study.domain.errors import ApplicationError
from study.services.protocols import protocol_load


class Command(BaseCommand):
    """Import a file."""

    help = "Import the conversations of an ESConv or FailedESConv file and assess them. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="JSON as published: a list of conversations"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Read everything, then store everything in one transaction."""
        records = read_conversations(file)
        source = ImportSource(name=file.name, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
        try:
            states = corpus_import(
                records, source=source, protocol_version=protocol_load(protocol_files.DEFAULT)
            )
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"imported: {len(records)}")
        for state in STATES:
            self.stdout.write(f"{state.value.replace('_', ' ')}: {states[state]}")
