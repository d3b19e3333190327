"""`python manage.py recruitment STUDY PROVIDER`: set up a task at a recruiting site and print what to paste there."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from study.domain.completion import groups_of
from study.domain.errors import ApplicationError
from study.domain.recruitment import PROVIDERS, Part
from study.models import Recruitment, Study
from study.recruitment_links import arrival_path
from study.services.recruitment import recruitment_set


class Command(BaseCommand):
    """The same command again changes what is named and prints the rest as it stands."""

    help = "Set up a task at a recruiting site, or show it: the link, the codes and what each code does."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help recruitment`."""
        parser.add_argument("study", help="the study's short name")
        parser.add_argument("provider", choices=sorted(PROVIDERS))
        parser.add_argument("--part", default=Part.WHOLE.value, choices=[part.value for part in Part])
        parser.add_argument("--reward", type=_amount, help="what the site pays for an approved submission")
        parser.add_argument("--screen-out-pay", type=_amount, help="what the site pays for the partial code")
        parser.add_argument(
            "--code", action="append", default=[], metavar="GROUP=CODE", help="a code that the site gave you"
        )
        parser.add_argument("--finish-url", help="page of return; may hold {code}, {person} and {session}")
        parser.add_argument("--person-parameter", help="the link's parameter that names the person")
        parser.add_argument("--session-parameter", help="the link's parameter that names the submission")
        parser.add_argument("--base-url", default="https://YOUR-HOST", help="where the platform is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store, then print everything that is to be pasted."""
        study = Study.objects.select_related("protocol_version").filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study {options['study']!r}.")
        try:
            row = recruitment_set(
                study,
                provider=options["provider"],
                part=Part(options["part"]),
                reward=options["reward"],
                screen_out_pay=options["screen_out_pay"],
                codes=_codes(options["code"]),
                finish_url=options["finish_url"],
                person_parameter=options["person_parameter"],
                session_parameter=options["session_parameter"],
            )
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        self._print(row, base_url=options["base_url"].rstrip("/"))

    def _print(self, row: Recruitment, *, base_url: str) -> None:
        currency = row.study.protocol_version.protocol.rewards.currency
        link = arrival_path(row) or "/i/TOKEN/ (make the links with `python manage.py invitations`)"
        self.stdout.write(f"Link    {base_url}{link}")
        self.stdout.write(f"Reward  {row.reward:.2f} {currency}")
        self.stdout.write("")
        self.stdout.write(f"{'group':12}{'code':16}{'what the site does':20}{'pays':>8}  outcomes")
        for name, group in groups_of(Part(row.part)).items():
            code = row.codes.filter(outcome=group.outcomes[0]).get()
            self.stdout.write(
                f"{name:12}{code.code:16}{code.action:20}{code.pays:>8.2f}  {', '.join(group.outcomes)}"
            )


def _codes(given: list[str]) -> dict[str, str]:
    codes = {}
    for pair in given:
        group, separator, code = pair.partition("=")
        if not separator or not code:
            raise CommandError(f"{pair!r} is not GROUP=CODE.")
        codes[group] = code
    return codes


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise CommandError(f"{text!r} is not an amount.") from None
