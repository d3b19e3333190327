"""The two funnels of a study: who passed the training, and which conversations the corpus keeps.

Source: Liu et al. 2021, §4.1 (5,449 applicants, 425 passed) and §4.3 (2,472 conversations, 1,342 finished and long
enough, 1,053 qualified).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from collection.api import Conversation, Seat
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.funnel import applicants, conversations_begun, passed
from qualitycontrol.selectors import assessments_current
from study.models import LedgerEntry, Participation, Study


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a funnel."""

    key: str
    title: str
    count: int
    share_of_previous: float | None
    """0 to 1; None for the first step and where the step before is empty."""
    share_of_start: float | None
    """0 to 1; None where nothing began."""
    median_minutes: float | None
    """None where no time is known."""
    cost: Decimal
    """What the ledger holds for the people of this step, in the study's currency."""
    cost_each: Decimal | None
    how: str
    """How the count and its neighbours are computed."""

    @property
    def percent(self) -> float:
        """The bar's length, 0 to 100."""
        return 100 * (self.share_of_start or 0)


@dataclass(frozen=True, slots=True)
class Reason:
    """How often something is why conversations drop out."""

    name: str
    words: str
    count: int


def people_funnel(study: Study) -> list[Step]:
    """Return the funnel of the supporters: applicants, then those who passed the exam."""
    supporters = applicants(study)
    attempts = passed(study)
    training = LedgerEntry.objects.filter(
        participation__in=supporters.values("pk"), reason__startswith="training"
    )
    spent = _sum(training)
    times = attempts.values_list("participation__entered_at", "submitted_at")
    people = supporters.values("participant").distinct().count()
    through = attempts.values("participant").distinct().count()
    return _steps(
        [
            _Raw(
                "applicants",
                _("Applicants"),
                people,
                [],
                spent,
                _(
                    "People who consented and chose to support. Cost: what the ledger holds for their training."
                ),
            ),
            _Raw(
                "passed",
                _("Passed the exam"),
                through,
                times,
                spent,
                _(
                    "Of these, people with a passed attempt. Time: median from the arrival to the passed exam. "
                    "Cost: all training pay, because those who fail are paid too."
                ),
            ),
        ]
    )


def conversation_funnel(study: Study) -> list[Step]:
    """Return the funnel of the conversations: begun, finished and long enough, qualified."""
    begun = conversations_begun(study)
    current = assessments_current().filter(conversation__in=begun.values("pk"))
    long_enough = begun.filter(pk__in=current.exclude(state=State.FILTERED_OUT).values("conversation"))
    kept = begun.filter(
        pk__in=current.filter(state__in=[State.QUALIFIED, State.RELEASED]).values("conversation")
    )
    spent = _conversation_cost(begun)
    return _steps(
        [
            _Raw(
                "begun",
                _("Conversations"),
                begun.count(),
                _times(begun),
                spent,
                _(
                    "Conversations that began; practice and tests of models do not count. Time: median from start to "
                    "end. Cost: the whole ledger of everybody who sat in one, training included."
                ),
            ),
            _Raw(
                "long_enough",
                _("Finished and long enough"),
                long_enough.count(),
                _times(long_enough),
                spent,
                _("Of these, what the protocol's preliminary filter left. Cost: of all that began."),
            ),
            _Raw(
                "kept",
                _("Qualified"),
                kept.count(),
                _times(kept),
                spent,
                _(
                    "Of these, what the approval rule and the reviews took, released ones included. "
                    "Cost: of all that began; each: what one kept conversation costs."
                ),
            ),
        ]
    )


def end_reasons(study: Study) -> list[Reason]:
    """Return how the begun conversations ended, most frequent first."""
    rows = (
        conversations_begun(study)
        .exclude(end_reason="")
        .values_list("end_reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "end_reason")
    )
    return [Reason(name, name.replace("_", " "), count) for name, count in rows]


@dataclass(frozen=True, slots=True)
class _Raw:
    key: str
    title: str
    count: int
    times: Iterable[tuple[datetime | None, datetime | None]]
    cost: Decimal
    how: str


def _steps(raws: Sequence[_Raw]) -> list[Step]:
    start, steps, previous = raws[0].count, [], None
    for raw in raws:
        steps.append(
            Step(
                key=raw.key,
                title=raw.title,
                count=raw.count,
                share_of_previous=raw.count / previous if previous else None,
                share_of_start=raw.count / start if start else None,
                median_minutes=_median_minutes(raw.times),
                cost=raw.cost,
                cost_each=(raw.cost / raw.count).quantize(Decimal("0.01")) if raw.count else None,
                how=raw.how,
            )
        )
        previous = raw.count
    return steps


def _times(conversations: QuerySet[Conversation]) -> Iterable[tuple[datetime | None, datetime | None]]:
    return conversations.order_by().values_list("started_at", "ended_at")


def _median_minutes(times: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    minutes = [(end - start).total_seconds() / 60 for start, end in times if start and end]
    return median(minutes) if minutes else None


def _conversation_cost(conversations: QuerySet[Conversation]) -> Decimal:
    seated = Seat.objects.filter(conversation__in=conversations.values("pk"), participation__isnull=False)
    people = Participation.objects.filter(pk__in=seated.values("participation"))
    return _sum(LedgerEntry.objects.filter(participation__in=people.values("pk")))


def _sum(entries: QuerySet[LedgerEntry]) -> Decimal:
    total = entries.aggregate(total=Sum("amount"))["total"]
    return (total if total is not None else Decimal(0)).quantize(Decimal("0.01"))
