"""`python manage.py exam_statistics --json OUT`: how well the exam's items and the tutorial's pages do."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tutorial.reports import TrainingReport, training_report, training_versions


class Command(BaseCommand):
    """Write one report per protocol version under which somebody has been trained."""

    help = "Write difficulty, discrimination, time and drift of the exam's items, and the drop-off per page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file to write."""
        parser.add_argument(
            "--json", metavar="OUT", required=True, help="the file to write; - for the screen"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the reports, newest protocol version first."""
        reports = [training_report(version) for version in training_versions()]
        text = json.dumps([_document(report) for report in reports], ensure_ascii=False, indent=2) + "\n"
        if options["json"] == "-":
            self.stdout.write(text)
            return
        try:
            Path(options["json"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['json']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(reports)} reports written to {options['json']}.")


def _document(report: TrainingReport) -> dict[str, Any]:
    document = asdict(report)
    # A property, so asdict leaves it out.
    for page, row in zip(document["pages"], report.pages, strict=True):
        page["drop_off"] = row.drop_off
    return document
