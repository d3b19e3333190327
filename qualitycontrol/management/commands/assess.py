"""`python manage.py assess FILE --json OUT`: the protocol's verdict on a published file, without a database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qualitycontrol.domain.assessment import assess
from qualitycontrol.domain.report import report
from qualitycontrol.management.files import read_conversations, write_json
from study import protocol_files
from study.domain.errors import ProtocolInvalid


class Command(BaseCommand):
    """Assess a file and write a JSON document."""

    help = "Assess the conversations of an ESConv or FailedESConv file. Touches no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="JSON as published: a list of conversations"
        )
        parser.add_argument(
            "--json", type=Path, required=True, metavar="OUT", help="where to write the verdicts"
        )
        parser.add_argument(
            "--protocol", default=protocol_files.DEFAULT, help="name of the protocol to apply"
        )

    def handle(self, *args: Any, file: Path, json: Path, protocol: str, **options: Any) -> None:
        """Read everything, judge everything, then write."""
        try:
            rules, sha256 = protocol_files.read_protocol(protocol)
            records = read_conversations(file)
            # The published files do not say who finished, so every record counts as finished.
            verdicts = [assess(record, finished=True, rules=rules.quality) for record in records]
        except ProtocolInvalid as error:
            raise CommandError(str(error)) from error
        document = report(verdicts, protocol=rules, sha256=sha256)
        write_json(document, json)
        for name, count in document["counts"].items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count}")
