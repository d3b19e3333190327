"""`python manage.py invitations STUDY --count 20 --csv OUT --qr DIR`: links that let people in."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import segno
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from study.clock import database_now
from study.models import Study
from study.models.participant import Role
from study.services.studies import invitation_create

COLUMNS = ("number", "url", "role", "cohort", "max_uses", "expires_at")


class Command(BaseCommand):
    """The links are written once: the platform keeps only their hashes."""

    help = "Make invitation links, as CSV and, if wanted, as QR codes."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help invitations`."""
        parser.add_argument("study", help="the study's short name")
        parser.add_argument("--count", type=int, default=1)
        parser.add_argument("--csv", type=Path, required=True, metavar="OUT", help="a new file")
        parser.add_argument(
            "--qr", type=Path, metavar="DIR", help="write one SVG for each link into this folder"
        )
        parser.add_argument("--role", default="", choices=["", *Role.values], help="fixes the role")
        parser.add_argument("--cohort", default="", help="a name for this group of people")
        parser.add_argument("--max-uses", type=int, default=1, help="how many people one link lets in")
        parser.add_argument("--days", type=float, help="the links expire after so many days")
        parser.add_argument("--base-url", required=True, help="where the platform is reached, https://…")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the links and write them, both or neither."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study {options['study']!r}.")
        if options["count"] < 1 or options["max_uses"] < 1:
            raise CommandError("--count and --max-uses must be at least 1.")
        if options["csv"].exists():
            raise CommandError(f"{options['csv']} exists. Links are never written over anything.")
        try:
            with transaction.atomic():
                rows = [_row(study, number, options) for number in range(1, options["count"] + 1)]
                _write(rows, csv_path=options["csv"], folder=options["qr"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. No link was made.") from error
        self.stdout.write(f"{len(rows)} links written to {options['csv']}. They cannot be shown again.")


def _row(study: Study, number: int, options: dict[str, Any]) -> dict[str, str]:
    expires = database_now() + timedelta(days=options["days"]) if options["days"] is not None else None
    token = invitation_create(
        study,
        role=options["role"],
        max_uses=options["max_uses"],
        cohort=options["cohort"],
        expires_at=expires,
    )
    return {
        "number": str(number),
        "url": options["base_url"].rstrip("/") + reverse("study:arrive_invited", args=[token]),
        "role": options["role"],
        "cohort": options["cohort"],
        "max_uses": str(options["max_uses"]),
        "expires_at": expires.isoformat(timespec="seconds") if expires else "",
    }


def _write(rows: list[dict[str, str]], *, csv_path: Path, folder: Path | None) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            segno.make(row["url"], error="m").save(str(folder / f"{row['number']}.svg"), scale=6, border=4)
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    with csv_path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
