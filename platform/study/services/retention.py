"""Let go of what the protocol keeps no longer: identifiers, drafts, unreleased words, messages. Running twice is harmless."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from study import signals
from study.clock import database_now
from study.domain.recruitment import PROVIDERS
from study.domain.safety_content import Retention
from study.models import (
    ExternalIdentity,
    ExternalSubmission,
    LedgerEntry,
    Participation,
    RetentionRun,
    Study,
)

LABELS = {
    "identities": _("recruiting ids of people"),
    "submissions": _("recruiting ids of submissions"),
    "devices": _("marks of a browser"),
    "drafts": _("surveys of seekers who never came into a conversation"),
    "utterances": _("messages of conversations that no release holds"),
    "answers": _("survey answers of conversations that no release holds"),
    "team_messages": _("messages to and from the study team, and words of reports and check-ins"),
}
"""What a run may count, in words."""
_PAID_BY_ID = tuple(key for key, provider in PROVIDERS.items() if provider.arrives_by_link)


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Instants before which a thing goes; None: it is kept."""

    identifiers: datetime | None
    drafts: datetime | None
    unreleased: datetime | None
    messages: datetime | None

    @classmethod
    def of(cls, rules: Retention, *, now: datetime) -> Cutoffs:
        """Return the instants that the protocol's days lead to."""

        def before(days: int | None) -> datetime | None:
            return now - timedelta(days=days) if days is not None else None

        return cls(
            identifiers=before(rules.identifiers_days),
            drafts=before(rules.drafts_days),
            unreleased=before(rules.unreleased_days),
            messages=before(rules.messages_days),
        )


def retention_run(*, now: datetime | None = None, dry_run: bool = False) -> dict[str, dict[str, int]]:
    """Take out of every study what its time is over for; return the counts by study and kind.

    Each study is one transaction, with a row that says what went. A dry run does the very same and takes it back.
    """
    moment = now or database_now()
    studies = Study.objects.order_by("pk").values_list("pk", "slug")
    counts = {slug: _run(pk, now=moment, dry_run=dry_run) for pk, slug in list(studies)}
    return {slug: erased for slug, erased in counts.items() if erased}


@transaction.atomic
def _run(study_id: int, *, now: datetime, dry_run: bool) -> dict[str, int]:
    study = (
        Study.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version")
        .get(pk=study_id)
    )
    cutoffs = Cutoffs.of(study.protocol_version.protocol.safety.retention, now=now)
    counts = Counter(_identifiers(study, before=cutoffs.identifiers))
    for _receiver, more in signals.retention_due.send(sender=Study, study_id=study.pk, cutoffs=cutoffs):
        counts.update(more)
    erased = {name: count for name, count in sorted(counts.items()) if count}
    if erased:
        RetentionRun.objects.create(study=study, at=now, erased=erased)
    if dry_run:
        transaction.set_rollback(True)
    return erased


def _identifiers(study: Study, *, before: datetime | None) -> dict[str, int]:
    if before is None:
        return {}
    owed = LedgerEntry.objects.filter(
        Q(payment_line__isnull=True) | Q(payment_line__item__paid_at__isnull=True),
        participation__participant=OuterRef("participant"),
        participation__provider__in=_PAID_BY_ID,
        amount__gt=0,
    )
    over = Participation.objects.filter(study=study, ended_at__lt=before).filter(~Exists(owed))
    ended = list(over.values_list("pk", "participant_id"))
    participations = [pk for pk, _participant in ended]
    # A person who is, or lately was, somewhere else keeps the id by which they are known.
    lately = Participation.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=before))
    people = {participant for _pk, participant in ended} - set(
        lately.values_list("participant_id", flat=True)
    )
    return {
        "identities": ExternalIdentity.objects.filter(participant__in=people).delete()[0],
        "submissions": ExternalSubmission.objects.filter(participation__in=participations).delete()[0],
        "devices": Participation.objects.filter(pk__in=participations)
        .exclude(device_hash="")
        .update(device_hash=""),
    }
