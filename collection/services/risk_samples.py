"""Draw messages to judge what the phrases hit and miss, and store the judgements."""

from __future__ import annotations

import random

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from collection.domain.errors import CaseRefused
from collection.domain.lifecycle import State
from collection.domain.risk_sample import Figures, Judged, figures
from collection.models import Conversation, RiskSample, SafetySignal, Utterance
from study.clock import database_now
from study.domain.withdrawal import TOMBSTONE
from study.models import Study

MOST_AT_ONCE = 500


def messages_of(study: Study, *, flagged: bool) -> QuerySet[Utterance]:
    """Return the messages of a study's ended conversations that the phrases met, or that they did not."""
    met = SafetySignal.objects.filter(
        case__conversation=OuterRef("conversation"), ordinal=OuterRef("ordinal"), source="utterance"
    )
    said = Utterance.objects.filter(
        conversation__study=study,
        conversation__state__in=[State.SURVEYING, State.CLOSED],
        seat__participation__isnull=False,
    ).exclude(conversation__origin=Conversation.Origin.IMPORTED)
    said = said.exclude(text=TOMBSTONE)
    return said.filter(Exists(met)) if flagged else said.filter(~Exists(met))


@transaction.atomic
def sample_draw(study: Study, *, seed: int) -> int:
    """Draw every flagged message and the protocol's share of the others; return how many are new.

    The same seed over the same messages draws the same ones. What was drawn before stays.
    """
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    share = study.protocol_version.protocol.safety.sample_share
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose; nothing secret hangs on it
    now = database_now()
    before = RiskSample.objects.filter(study=study).count()
    for flagged in (True, False):
        ids = list(messages_of(study, flagged=flagged).order_by("pk").values_list("pk", flat=True))
        wanted = len(ids) if flagged else max(1, round(len(ids) * share)) if ids else 0
        wanted = min(wanted, MOST_AT_ONCE)
        RiskSample.objects.bulk_create(
            [
                RiskSample(
                    study=study,
                    utterance_id=pk,
                    flagged=flagged,
                    weight=len(ids) / wanted,
                    seed=seed,
                    drawn_at=now,
                )
                for pk in chance.sample(ids, wanted)
            ],
            ignore_conflicts=True,
        )
    return RiskSample.objects.filter(study=study).count() - before


@transaction.atomic
def sample_judge(sample_id: int, *, needs_care: bool, by: AbstractBaseUser) -> RiskSample:
    """Store a judgement; the last one of a message counts.

    Raises:
        CaseRefused: there is no such message in the sample.
    """
    sample = RiskSample.objects.select_for_update(no_key=True).filter(pk=sample_id).first()
    if sample is None:
        raise CaseRefused("This message is not in the sample.")
    sample.needs_care, sample.judged_by_id, sample.judged_at = needs_care, by.pk, database_now()
    sample.save(update_fields=["needs_care", "judged_by", "judged_at"])
    return sample


def sample_figures(study: Study) -> Figures:
    """Return precision and recall of the phrases in a study, from what was judged."""
    rows = RiskSample.objects.filter(study=study, needs_care__isnull=False)
    judged = [
        Judged(flagged=flagged, needs_care=bool(care), weight=weight)
        for flagged, care, weight in rows.values_list("flagged", "needs_care", "weight")
    ]
    return figures(
        judged,
        flagged_total=messages_of(study, flagged=True).count(),
        unflagged_total=messages_of(study, flagged=False).count(),
    )


def sample_next(study: Study) -> RiskSample | None:
    """Return the next message to judge, in an order that does not tell which were flagged."""
    waiting = RiskSample.objects.select_related("utterance__seat", "utterance__conversation")
    # The utterance's number says nothing of its stratum, and an order by draw would.
    return waiting.filter(study=study, needs_care__isnull=True).order_by("utterance_id").first()
