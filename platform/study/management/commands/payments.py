"""`python manage.py payments plan|rates|budget STUDY`: what is owed, what was paid, and what it comes to per hour."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from study.domain.errors import ApplicationError
from study.domain.recruitment import PROVIDERS
from study.models import Study
from study.pay_report import pay_rates
from study.selectors import study_booked, study_committed
from study.services.budget import budget_set
from study.services.payments import Due, payment_mark_paid, payment_plan_make, payments_due, plan_csv


class Command(BaseCommand):
    """Nothing here pays anybody: it writes a file for a person to give to the recruiting site."""

    help = "Plan payments as CSV, mark what was paid, show hourly rates, set budget caps."

    def add_arguments(self, parser: CommandParser) -> None:
        """See `python manage.py help payments`."""
        actions = parser.add_subparsers(dest="action", required=True)
        plan = actions.add_parser(
            "plan", help="preview what is due; with --csv write it and mark it as planned"
        )
        plan.add_argument("study", help="the study's short name")
        plan.add_argument("--provider", default="prolific", choices=sorted(PROVIDERS))
        plan.add_argument("--csv", type=Path, metavar="OUT", help="write `id,amount` lines to this new file")
        plan.add_argument("--mark-paid", type=Path, metavar="FILE", help="mark this plan's lines as paid")
        rates = actions.add_parser("rates", help="observed hourly rates against the floor")
        rates.add_argument("study")
        budget = actions.add_parser(
            "budget", help="show the budget; with caps, set them (`none` takes one away)"
        )
        budget.add_argument("study")
        budget.add_argument("--soft", help="nobody new comes in once this much is booked")
        budget.add_argument("--hard", help="nobody new comes in whose pay could exceed this")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        study = Study.objects.select_related("protocol_version").filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study {options['study']!r}.")
        try:
            {"plan": self._plan, "rates": self._rates, "budget": self._budget}[options["action"]](
                study, options
            )
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _plan(self, study: Study, options: dict[str, Any]) -> None:
        if options["mark_paid"]:
            text = options["mark_paid"].read_bytes().decode("utf-8")
            fresh, known = payment_mark_paid(study, text=text)
            self.stdout.write(f"{fresh} marked as paid; {known} had been marked before.")
            return
        dues = payments_due(study, provider=options["provider"])
        plan_csv(dues)  # a preview that could not be written would be no preview
        self._preview(dues, currency=study.protocol_version.protocol.rewards.currency)
        if options["csv"]:
            plan = payment_plan_make(study, provider=options["provider"], path=options["csv"])
            written = plan.items.filter(amount__gt=0).count()
            self.stdout.write(f"{written} lines written to {options['csv']} and marked as planned.")

    def _preview(self, dues: list[Due], *, currency: str) -> None:
        groups: dict[str, list[Due]] = defaultdict(list)
        for due in dues:
            groups[due.participation.outcome].append(due)
        self.stdout.write(f"{'outcome':20}{'people':>8}{'earned':>12}{'by the site':>12}{'to pay':>12}")
        for outcome, rows in sorted(groups.items()):
            self.stdout.write(f"{outcome:20}{_sums(rows)}")
        self.stdout.write(f"{'together':20}{_sums(dues)}  {currency}")
        if dues:
            self.stdout.write(
                f"The largest single payment is {max(due.amount for due in dues):.2f} {currency}."
            )

    def _rates(self, study: Study, _options: dict[str, Any]) -> None:
        rewards = study.protocol_version.protocol.rewards
        self.stdout.write(f"{'role':12}{'outcome':20}{'people':>8}{'minutes':>10}{'pay':>9}{'per hour':>10}")
        for rate in pay_rates(study):
            per_hour = f"{rate.per_hour:.2f}" if rate.per_hour is not None else "-"
            below = f"  below {rewards.floor_per_hour} {rewards.currency}" if rate.below_floor else ""
            self.stdout.write(
                f"{rate.role or '-':12}{rate.outcome:20}{rate.people:>8}{rate.median_minutes:>10.1f}"
                f"{rate.median_pay:>9}{per_hour:>10}{below}"
            )

    def _budget(self, study: Study, options: dict[str, Any]) -> None:
        if options["soft"] is not None or options["hard"] is not None:
            soft = _cap(options["soft"], study.budget_soft)
            hard = _cap(options["hard"], study.budget_hard)
            try:
                budget_set(study, soft=soft, hard=hard)
            except ValueError as error:
                raise CommandError(str(error)) from error
        currency = study.protocol_version.protocol.rewards.currency
        self.stdout.write(
            f"booked     {study_booked(study):>12}  soft cap {study.budget_soft or 'none'}  {currency}"
        )
        self.stdout.write(
            f"committed  {study_committed(study):>12}  hard cap {study.budget_hard or 'none'}  {currency}"
        )


def _sums(dues: list[Due]) -> str:
    earned = sum((due.earned for due in dues), Decimal(0))
    by_site = sum((due.paid_by_site for due in dues), Decimal(0))
    amount = sum((due.amount for due in dues), Decimal(0))
    return f"{len(dues):>8}{earned:>12.2f}{by_site:>12.2f}{amount:>12.2f}"


def _cap(given: str | None, now: Decimal | None) -> Decimal | None:
    if given is None:
        return now
    if given == "none":
        return None
    try:
        return Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise CommandError(f"{given!r} is not an amount.") from None
