"""Check what may never be otherwise: the promises of the chat, counted over the stored rows. Reads only.

Meant to run after every rehearsal of an outage, and every night beside a study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from collection.domain.lifecycle import OPEN_STATES, State
from collection.domain.lobby import OPEN_TICKETS
from collection.models import Conversation, FeedbackRequest, Seat, Ticket, Utterance
from study.clock import database_now
from study.models import LedgerEntry, Participation
from study.models.participant import Role

OVERDUE_SECONDS = 30
"""How long after its deadline a conversation may still be waiting for the sweep."""
SHOWN = 10
"""How many of the rows that break a rule are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and the rows that break it."""

    rule: str
    ids: tuple[int, ...]
    """Primary keys; never text."""

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the rule."""
        return not self.ids


def audit() -> list[Finding]:
    """Return what was found for every rule, in order."""
    return [Finding(rule, tuple(sorted(set(check())))) for rule, check in RULES.items()]


def _live() -> models.QuerySet[Conversation]:
    return Conversation.objects.exclude(origin=Conversation.Origin.IMPORTED)


def _ids(rows: models.QuerySet[models.Model]) -> Iterable[int]:
    return rows.values_list("pk", flat=True)


def _ordinals_with_holes() -> Iterable[int]:
    counted = _live().annotate(
        count=Count("utterances"),
        low=Coalesce(Min("utterances__ordinal"), 1),
        high=Coalesce(Max("utterances__ordinal"), 0),
    )
    return _ids(counted.exclude(count=F("last_ordinal"), high=F("last_ordinal"), low=1))


def _said_after_the_end() -> Iterable[int]:
    late = Utterance.objects.filter(conversation__in=_live()).filter(
        Q(ordinal__gt=F("conversation__ended_ordinal")) | Q(sent_at__gt=F("conversation__ended_at"))
    )
    return late.values_list("conversation", flat=True)


def _ended_elsewhere() -> Iterable[int]:
    ended = _live().filter(state__in=[State.SURVEYING, State.CLOSED])
    return _ids(ended.exclude(ended_ordinal=F("last_ordinal"), ended_at__isnull=False))


def _out_of_time() -> Iterable[int]:
    earlier = Utterance.objects.filter(conversation=OuterRef("conversation"), ordinal=OuterRef("ordinal") - 1)
    rows = Utterance.objects.filter(conversation__in=_live()).annotate(
        before=Subquery(earlier.values("sent_at")[:1])
    )
    return rows.filter(sent_at__lt=F("before")).values_list("conversation", flat=True)


def _feedback_miscounted() -> Iterable[int]:
    """Requests must be ⌊supporter utterances ÷ n⌋, n being the protocol's."""
    said = Count("utterances", filter=Q(utterances__seat__role=Role.SUPPORTER), distinct=True)
    rows = _live().select_related("protocol_version").defer("protocol_version__document")
    for row in rows.annotate(said=said, asked=Count("feedback_requests", distinct=True)).iterator():
        if row.asked != row.said // row.protocol_version.protocol.chat.feedback_every:
            yield row.pk


def _feedback_misplaced() -> Iterable[int]:
    """Every request is about as many utterances as the protocol says, all of the supporter."""
    requests = FeedbackRequest.objects.filter(conversation__in=_live()).select_related(
        "conversation__protocol_version"
    )
    counted = requests.defer("conversation__protocol_version__document").annotate(
        about=Count("utterances"),
        others=Count("utterances", filter=~Q(utterances__seat__role=Role.SUPPORTER)),
    )
    for row in counted.iterator():
        if row.others or row.about != row.conversation.protocol_version.protocol.chat.feedback_every:
            yield row.conversation_id


def _strategies_misplaced() -> Iterable[int]:
    rows = Utterance.objects.filter(conversation__in=_live())
    wrong = rows.filter(
        Q(seat__role=Role.SUPPORTER, strategy="") | (Q(seat__role=Role.SEEKER) & ~Q(strategy=""))
    )
    return wrong.values_list("conversation", flat=True)


def _in_two_conversations() -> Iterable[int]:
    seats = Seat.objects.filter(
        conversation__state__in=OPEN_STATES, released_at__isnull=True, participation__isnull=False
    )
    return _more_than_once(seats.values_list("participation__participant", flat=True))


def _in_two_queues() -> Iterable[int]:
    return _more_than_once(
        Ticket.objects.filter(state__in=OPEN_TICKETS).values_list("participant", flat=True)
    )


def _more_than_once(ids: Iterable[int]) -> Iterable[int]:
    seen: set[int] = set()
    return [i for i in ids if i in seen or seen.add(i)]  # type: ignore[func-returns-value]


def _with_themselves() -> Iterable[int]:
    people = Count("seats__participation__participant", distinct=True)
    sitting = Count("seats", filter=Q(seats__participation__isnull=False))
    return _ids(_live().annotate(people=people, sitting=sitting).exclude(people=F("sitting")))


def _overdue() -> Iterable[int]:
    due = database_now() - timedelta(seconds=OVERDUE_SECONDS)
    return _ids(Conversation.objects.filter(state__in=OPEN_STATES, deadline_at__lt=due))


def _paid_otherwise() -> Iterable[int]:
    """The ledger of an ended participation: each conversation's pay once, or its outcome's where there was none."""
    ended = Participation.objects.exclude(outcome="").select_related("protocol_version", "recruitment")
    booked = LedgerEntry.objects.filter(participation=OuterRef("pk"), reason__startswith="outcome:")
    total = booked.order_by().values("participation").annotate(total=Sum("amount")).values("total")
    held = Prefetch("seats", Seat.objects.exclude(outcome=""), to_attr="held")
    rows = ended.defer("protocol_version__document").annotate(paid=Subquery(total)).prefetch_related(held)
    for row in rows.iterator(chunk_size=500):
        rewards = row.protocol_version.protocol.rewards
        held_outcomes = [] if row.compares else [seat.outcome for seat in row.held]
        outcomes = held_outcomes or [row.outcome]
        if (row.paid or 0) != sum(rewards.amount(outcome, role=row.role) for outcome in outcomes):
            yield row.pk


def _released_unpaid() -> Iterable[int]:
    """Whoever goes on after a conversation has its pay already. Who has ended is looked at above."""
    entry = LedgerEntry.objects.filter(
        participation=OuterRef("participation"), about=OuterRef("conversation__public_id")
    )
    released = Seat.objects.filter(
        ~Exists(entry),
        conversation__state__in=[State.SURVEYING, State.CLOSED],
        released_at__isnull=False,
        participation__outcome="",
    ).select_related("participation__protocol_version", "participation__recruitment")
    for seat in released.defer("participation__protocol_version__document"):
        assert seat.participation is not None
        if seat.participation.compares:
            continue  # between the two conversations nothing has ended; the finished one has a line of its own
        rewards = seat.participation.protocol_version.protocol.rewards
        if not seat.outcome or rewards.amount(seat.outcome, role=seat.role) > 0:
            yield seat.conversation_id


RULES: dict[str, Callable[[], Iterable[int]]] = {
    "Ordinals run from 1 to the last one without a hole (conversations).": _ordinals_with_holes,
    "Nothing was said after the end (conversations).": _said_after_the_end,
    "A conversation that is over ended at its last utterance (conversations).": _ended_elsewhere,
    "Order and time of the utterances agree (conversations).": _out_of_time,
    "Feedback was asked for after every so many supporter utterances (conversations).": _feedback_miscounted,
    "Every request is about the supporter's utterances, so many at a time (conversations).": _feedback_misplaced,
    "The supporter's utterances have a strategy, the seeker's none (conversations).": _strategies_misplaced,
    "Nobody sits in two open conversations (participants).": _in_two_conversations,
    "Nobody waits twice (participants).": _in_two_queues,
    "Nobody talks with themselves (conversations).": _with_themselves,
    "No deadline passed without being acted upon (conversations).": _overdue,
    "An ended participation is paid by its outcomes, each once (participations).": _paid_otherwise,
    "Who is done with a conversation is paid (conversations).": _released_unpaid,
}
