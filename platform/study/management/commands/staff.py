"""`python manage.py staff`: accounts of the study team."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from study.domain.errors import ApplicationError
from study.domain.staff_roles import StaffRole
from study.second_factor import has_second_factor
from study.services.staff import roles_set, staff_add, staff_end, staff_reset
from study.staff import staff_roles

ROLES = {role.name.lower(): role for role in StaffRole}


class Command(BaseCommand):
    """Make, list, change and end accounts; for the first admin and for whoever is locked out."""

    help = "List the staff accounts, add one, set its roles, give it a new password, or end it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="name, roles, second factor, last sign-in")
        for name, text in (
            ("add", "make an account and print its password"),
            ("roles", "set exactly these roles"),
        ):
            action = actions.add_parser(name, help=text)
            action.add_argument("username")
            action.add_argument("--role", action="append", default=[], choices=sorted(ROLES))
        for name, text in (
            ("reset", "new password, no second factor, signed out everywhere"),
            ("end", "no rights, no sessions, no way in"),
        ):
            actions.add_parser(name, help=text).add_argument("username")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Do one of them."""
        try:
            getattr(self, f"_{action}")(options)
        except ApplicationError as error:
            raise CommandError(str(error)) from error

    def _list(self, _options: dict[str, Any]) -> None:
        for user in User.objects.filter(is_staff=True).order_by("username"):
            roles = ", ".join(sorted(staff_roles(user))) or "no role"
            factor = "second factor" if has_second_factor(user.pk) else "password only"
            last = f"{user.last_login:%Y-%m-%d}" if user.last_login else "never"
            self.stdout.write(f"{user.username}: {roles}; {factor}; signed in {last}")

    def _add(self, options: dict[str, Any]) -> None:
        user, password = staff_add(options["username"], roles=[ROLES[name] for name in options["role"]])
        self.stdout.write(f"{user.username} signs in with the password {password}")
        self.stdout.write("It is shown this once. Let them change it, and set up their second factor.")

    def _roles(self, options: dict[str, Any]) -> None:
        user = self._user(options)
        roles_set(user, [ROLES[name] for name in options["role"]])
        self.stdout.write(f"{user.username}: {', '.join(sorted(staff_roles(user))) or 'no role'}")

    def _reset(self, options: dict[str, Any]) -> None:
        user = self._user(options)
        self.stdout.write(f"{user.username} signs in with the password {staff_reset(user)}")

    def _end(self, options: dict[str, Any]) -> None:
        user = self._user(options)
        staff_end(user)
        self.stdout.write(f"{user.username} has no way in any more.")

    def _user(self, options: dict[str, Any]) -> User:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']!r}.")
        return user
