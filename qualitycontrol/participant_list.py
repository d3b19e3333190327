"""The researchers' list of participations: pseudonyms, how far they came, what they earned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from study.domain.recruitment import PROVIDERS
from study.models import Participation
from study.models.participant import Outcome, Role
from tutorial.api import Attempt, TrainingState

PAGE_SIZE = 50
INSIDE = "inside"
"""Whoever has no outcome yet."""


class ParticipationFilter(filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """What the list may be narrowed down by."""

    q = filters.CharFilter(label=_("Number begins with"), method="numbered", max_length=32)
    role = filters.ChoiceFilter(label=_("Role"), choices=Role.choices, empty_label=_("Any"))
    outcome = filters.ChoiceFilter(
        label=_("Outcome"),
        method="with_outcome",
        empty_label=_("Any"),
        choices=[(INSIDE, _("Still inside")), *Outcome.choices],
    )
    exam = filters.ChoiceFilter(
        label=_("Exam"),
        method="with_exam",
        empty_label=_("Any"),
        choices=[("passed", _("Passed")), ("not_passed", _("Not passed"))],
    )
    provider = filters.ChoiceFilter(
        label=_("Site"),
        empty_label=_("Any"),
        choices=[(key, provider.name) for key, provider in PROVIDERS.items()],
    )

    class Meta:
        model = Participation
        fields: list[str] = []

    def numbered(self, query: QuerySet[Participation], _name: str, value: str) -> QuerySet[Participation]:
        """Keep numbers of a participation or of its person."""
        return query.filter(Q(public_id__startswith=value) | Q(participant__public_id__startswith=value))

    def with_outcome(self, query: QuerySet[Participation], _name: str, value: str) -> QuerySet[Participation]:
        """Keep an outcome, or those who have none yet."""
        return query.filter(outcome="" if value == INSIDE else value)

    def with_exam(self, query: QuerySet[Participation], _name: str, value: str) -> QuerySet[Participation]:
        """Keep those who passed the exam in this participation, or those who did not."""
        exam = Exists(Attempt.objects.filter(participation=OuterRef("pk"), state=TrainingState.PASSED.value))
        return query.filter(exam if value == "passed" else ~exam)


@dataclass(frozen=True, slots=True)
class ParticipationPage:
    """One page, newest first. The ids are where the neighbouring pages begin; None where there is none."""

    rows: list[Any]
    """Participations with `earned`, `seated` and `passed`."""
    older_than: int | None


def participation_page(query: QuerySet[Participation], *, older_than: int | None) -> ParticipationPage:
    """Return one page of the participations that `query` keeps."""
    if older_than is not None:
        query = query.filter(pk__lt=older_than)
    ids = list(query.order_by("-pk").values_list("pk", flat=True)[: PAGE_SIZE + 1])
    exam = Attempt.objects.filter(participation=OuterRef("pk"), state=TrainingState.PASSED.value)
    found = (
        Participation.objects.filter(pk__in=ids[:PAGE_SIZE])
        .select_related("participant")
        .annotate(passed=Exists(exam), seated=Count("seats", distinct=True))
        .order_by("-pk")
    )
    earned = dict(
        Participation.objects.filter(pk__in=ids).values_list("pk").annotate(total=Sum("ledger__amount"))
    )
    rows = list(found)
    for row in rows:
        row.earned = earned.get(row.pk) or 0  # type: ignore[attr-defined]
    return ParticipationPage(rows=rows, older_than=rows[-1].pk if len(ids) > PAGE_SIZE else None)
