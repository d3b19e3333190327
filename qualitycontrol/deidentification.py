"""Reads of the human pass: who read what, what is marked, what waits, and how much was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from collection.api import Conversation, ConversationFacts, conversations_facts
from qualitycontrol.domain.deidentify import Mark, texts_digest, texts_of
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.domain.recall import Mention, mentions
from qualitycontrol.domain.strategy_review import drawn
from qualitycontrol.models import DeidentificationMark, DeidentificationPass
from qualitycontrol.selectors import assessments_current

Purpose = DeidentificationPass.Purpose
WAITING_STATES = (State.QUALIFIED, State.RELEASED)
CHUNK = 100


@dataclass(slots=True)
class Readings:
    """The passes over one conversation."""

    passes: list[DeidentificationPass] = field(default_factory=list)

    def last(self, purpose: str) -> DeidentificationPass | None:
        """Return the newest complete pass."""
        complete = [p for p in self.passes if p.purpose == purpose and p.completed_at is not None]
        return complete[-1] if complete else None

    def first(self, purpose: str) -> DeidentificationPass | None:
        """Return the oldest complete pass."""
        return next((p for p in self.passes if p.purpose == purpose and p.completed_at is not None), None)

    def open(self, purpose: str) -> DeidentificationPass | None:
        """Return the pass that somebody is at."""
        return next((p for p in self.passes if p.purpose == purpose and p.completed_at is None), None)

    @property
    def ids(self) -> tuple[int, ...]:
        """The complete passes whose marks count."""
        return tuple(p.pk for p in map(self.last, Purpose.values) if p is not None)

    @property
    def marks(self) -> list[Mark]:
        """What is replaced and kept: the newest review, and whatever the second person found besides."""
        review, recall = self.last(Purpose.REVIEW), self.last(Purpose.RECALL)
        return [*marks_of(review), *marks_of(recall)]

    def read(self, digest: str) -> bool:
        """Return whether a person has read these very texts."""
        review = self.last(Purpose.REVIEW)
        return review is not None and review.texts_sha256 == digest


def marks_of(reading: DeidentificationPass | None) -> list[Mark]:
    """Return the marks of a pass."""
    if reading is None:
        return []
    return [Mark(mark.place, mark.start, mark.end, mark.kind) for mark in reading.marks.all()]


def readings(conversations: Iterable[int] | QuerySet[Conversation]) -> dict[int, Readings]:
    """Return the passes, with their marks, of those conversations that have some."""
    found: dict[int, Readings] = {}
    rows = (
        DeidentificationPass.objects.filter(conversation__in=conversations)
        .select_related("by")
        .prefetch_related(Prefetch("marks", DeidentificationMark.objects.select_related("by")))
        .order_by("number")
    )
    for row in rows:
        found.setdefault(row.conversation_id, Readings()).passes.append(row)
    return found


def pass_demanded(facts: ConversationFacts) -> bool:
    """Return whether a release of this conversation waits for a person who read it.

    What was imported is public already.
    """
    return facts.protocol.quality.deidentification.human_pass and facts.origin != Conversation.Origin.IMPORTED


def pass_done(facts: ConversationFacts, found: Readings) -> bool:
    """Return whether a person has read the conversation as it stands."""
    return found.read(texts_digest(texts_of(facts.record)))


def recall_drawn(facts: ConversationFacts) -> bool:
    """Return whether the conversation is in the sample that a second person reads from nothing."""
    rule = facts.protocol.quality.deidentification
    return drawn(rule.recall_seed, "recall", facts.public_id) < rule.recall_share


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the list of the pass."""

    facts: ConversationFacts
    readings: Readings
    done: bool
    demanded: bool
    second: bool
    """Whether it is in the sample for the recall."""

    @property
    def open_review(self) -> DeidentificationPass | None:
        """The review that somebody is at."""
        return self.readings.open(Purpose.REVIEW)

    @property
    def open_recall(self) -> DeidentificationPass | None:
        """The reading from nothing that somebody is at."""
        return self.readings.open(Purpose.RECALL)

    @property
    def recalled(self) -> bool:
        """Whether a second person has read it from nothing."""
        return self.readings.last(Purpose.RECALL) is not None

    @property
    def stale(self) -> bool:
        """Whether it was read, but its texts are others now."""
        return not self.done and self.readings.last(Purpose.REVIEW) is not None


def waiting(states: Collection[State] = WAITING_STATES) -> Iterator[Waiting]:
    """Yield the conversations that a release may want, oldest first.

    Without those that nobody may release, and without imports, which are public already.
    """
    conversations = (
        Conversation.objects.filter(
            pk__in=assessments_current().filter(state__in=states).values("conversation")
        )
        .exclude(origin__in=[Conversation.Origin.IMPORTED, Conversation.Origin.PRACTICE])
        .order_by("pk")
    )
    found = readings(conversations)
    for facts in conversations_facts(conversations, chunk_size=CHUNK):
        if facts.public_release:
            here = found.get(facts.conversation_id, Readings())
            yield Waiting(facts, here, pass_done(facts, here), pass_demanded(facts), recall_drawn(facts))


@dataclass(frozen=True, slots=True)
class Recalled:
    """A conversation that was read twice, and what the second reading says of the first."""

    public_id: str
    mentions: Sequence[Mention]

    @property
    def missed(self) -> list[Mention]:
        """What neither the rules nor the first person found."""
        return [mention for mention in self.mentions if not mention.by_both]


def recalled() -> list[Recalled]:
    """Return the conversations that two people read, the second from nothing.

    It is the first review that is measured: a later one may have learnt from the second person.
    """
    twice = Conversation.objects.filter(
        deidentification_passes__purpose=Purpose.RECALL, deidentification_passes__completed_at__isnull=False
    ).exclude(seats__participation__participant__withdrawn_at__isnull=False)
    found = readings(twice)
    result = []
    for facts in conversations_facts(
        Conversation.objects.filter(pk__in=found).order_by("pk"), chunk_size=CHUNK
    ):
        here = found[facts.conversation_id]
        review, recall = here.first(Purpose.REVIEW), here.last(Purpose.RECALL)
        if review is not None and recall is not None:
            texts = texts_of(facts.record)
            result.append(
                Recalled(facts.public_id, mentions(texts, first=marks_of(review), second=marks_of(recall)))
            )
    return result
