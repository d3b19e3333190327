"""Reads of the study room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from study.domain.pay import PayLine, lines_left, most_to_earn, pay_lines
from study.domain.recruitment import PROVIDERS, finish_url, form_action
from study.identity import decrypt
from study.models import ExternalSubmission, LedgerEntry, Participation, Study


def study_open_list() -> Sequence[Study]:
    """Return the studies that take people in, demonstrations first."""
    open_now = Study.objects.filter(state=Study.State.OPEN, preview_of__isnull=True)
    return list(open_now.order_by("-is_demo", "title"))


def participation_get(public_id: str) -> Participation | None:
    """Return a participation by its public id."""
    return (
        Participation.objects.select_related(
            "participant", "study", "protocol_version", "consent", "recruitment"
        )
        # Parsed once per process; its quarter of a megabyte need not come with every page.
        .defer("protocol_version__document")
        .filter(public_id=public_id)
        .first()
    )


def ledger_lines(participation: Participation) -> list[LedgerEntry]:
    """Return what the participation has earned, in the order booked."""
    return list(participation.ledger.order_by("pk"))


def ledger_total(participation: Participation) -> Decimal:
    """Return the sum of a participation's ledger."""
    total = participation.ledger.aggregate(total=Sum("amount"))["total"]
    # SQLite sums to a number without its trailing zeros.
    return (total if total is not None else Decimal(0)).quantize(Decimal("0.01"))


def pay_if_ended(
    participation: Participation,
    *,
    outcome: str,
    wait_seconds: float = 0,
    training_share: Decimal = Decimal(0),
    about: str = "",
) -> list[PayLine]:
    """Return what the participation would have earned if it ended now: what is booked, then what would be booked.

    `outcome` is that of the conversation `about`, where one would end by it.
    """
    booked = pay_booked(participation)
    lines = pay_lines(
        participation.protocol_version.protocol.rewards,
        outcome=outcome,
        role=participation.role,
        wait_seconds=wait_seconds,
        training_share=training_share,
        about=about,
    )
    return booked + lines_left(lines, booked=booked)


def pay_booked(participation: Participation) -> list[PayLine]:
    """Return the participation's ledger as lines of pay."""
    return [PayLine(entry.reason, entry.amount, entry.about) for entry in ledger_lines(participation)]


def study_booked(study: Study) -> Decimal:
    """Return the sum of a study's ledger."""
    total = LedgerEntry.objects.filter(participation__study=study).aggregate(total=Sum("amount"))["total"]
    return (total if total is not None else Decimal(0)).quantize(Decimal("0.01"))


def study_committed(study: Study) -> Decimal:
    """Return what is booked and what everybody inside may still earn, without waits."""
    trained = LedgerEntry.objects.filter(participation=OuterRef("pk"), reason="training")
    inside = (
        Participation.objects.filter(study=study, outcome="")
        .annotate(trained=Exists(trained))
        .select_related("protocol_version", "recruitment")
        .defer("protocol_version__document")
    )
    open_amounts = (
        most_to_earn(
            p.protocol_version.protocol.rewards,
            role=p.role or p.fixed_role,
            training_only=p.training_only,
            trained=p.trained,
        )
        for p in inside
    )
    return study_booked(study) + sum(open_amounts, Decimal(0))


@dataclass(frozen=True, slots=True)
class Completion:
    """The way back to the recruiting site."""

    code: str
    """The site's code where it wants its own, else the participation's random one."""
    redirect_url: str
    form_action: str
    """Where a form with `form_fields` is posted, at sites that want that instead of a redirect."""
    form_fields: dict[str, str]


def completion(participation: Participation) -> Completion:
    """Return how somebody who has ended goes back; addresses are empty where there is no way back."""
    ids = external_ids(participation)
    row = participation.recruitment
    own = row.codes.filter(outcome=participation.outcome).first() if row is not None else None
    code = own.code if own is not None else participation.completion_code
    provider = PROVIDERS.get(participation.provider)
    if provider is None or (row is not None and own is None):
        return Completion(code=code, redirect_url="", form_action="", form_fields={})
    template = (row.finish_url if row is not None else "") or provider.finish_url
    if not ids and ("{person}" in template or "{session}" in template):
        # Erased after a withdrawal: an address without the id would credit nobody.
        return Completion(code=code, redirect_url="", form_action="", form_fields={})
    url = finish_url(
        provider,
        code=code,
        person=ids.get("person_id", ""),
        session=ids.get("session_id", ""),
        template=template,
    )
    return Completion(
        code=code,
        redirect_url=url,
        form_action=form_action(provider, return_origin=ids.get("return_origin", "")),
        form_fields={"assignmentId": ids.get("session_id", ""), "code": code},
    )


def external_ids(participation: Participation) -> dict[str, str]:
    """Return the site's ids of a submission, decrypted; empty once they are erased."""
    submission = ExternalSubmission.objects.filter(participation=participation).first()
    return decrypt(bytes(submission.encrypted)) if submission is not None else {}
