"""Prepare the embedded default: protocol, demonstration study, staff account, links."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandParser
from django.urls import reverse

from study.services.protocols import protocol_load
from study.services.studies import study_create

STAFF = "researcher"
DEMO, REHEARSAL = "demo", "rehearsal"


class Command(BaseCommand):
    """Idempotent: a second time it keeps what is there and prints the links again."""

    help = "Load the protocol, create the demonstration study and a staff account, and print the links."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help demo`."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create what is missing and say where to go."""
        study_create(
            DEMO,
            title="Demonstration",
            protocol_version=protocol_load("esconv-2021"),
            contact="the person who started this demonstration",
            is_demo=True,
        )
        study_create(
            REHEARSAL,
            title="Rehearsal with short gates",
            protocol_version=protocol_load("esconv-2021-rehearsal"),
            contact="the person who started this rehearsal",
            is_demo=True,
        )
        password = self._staff_account()
        base = f"http://{options['host']}:{options['port']}"
        enter = reverse("study:arrive_anonymously", args=[DEMO])
        self.stdout.write("")
        self.stdout.write(f"  Seeker      {base}{enter}?role=seeker")
        self.stdout.write(f"  Supporter   {base}{enter}?role=supporter")
        self.stdout.write(f"  Researcher  {base}{reverse('research:conversations')}")
        if password:
            self.stdout.write("")
            self.stdout.write(f"  Sign in as {STAFF!r} with the password {password}")
            self.stdout.write(
                "  It is shown this once. A new one: .venv/bin/python manage.py changepassword researcher"
            )
        self.stdout.write("")

    def _staff_account(self) -> str:
        """Create the staff account; return its password, or "" when the account was there."""
        users = get_user_model()
        if users.objects.filter(username=STAFF).exists():
            return ""
        password = secrets.token_urlsafe(12)
        users.objects.create_superuser(STAFF, password=password)
        return password
