"""What the released record holds besides what was said: votes, outcomes of reviews, criteria, flags, pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from collection.api import Conversation, Seat
from corpus.record import Conversation as Record
from corpus.record import Utterance
from qualitycontrol.domain.review_lifecycle import ReviewState
from qualitycontrol.domain.strategy_review import Entry
from qualitycontrol.models import (
    Assessment,
    ConversationFlag,
    IntensityDecision,
    ReviewDecision,
    ReviewItem,
    ReviewVote,
)
from study.domain.protocol import Protocol

AGREED = "agreed"
"""The outcome of a review of a strategy that needed no adjudicator."""


@dataclass(slots=True)
class Details:
    """By conversation, then by number of the message from 1."""

    votes: dict[int, dict[int, list[str]]] = field(default_factory=dict)
    """Keys of strategies, in the order given."""
    reviews: dict[int, dict[int, str]] = field(default_factory=dict)
    intensity: dict[int, str] = field(default_factory=dict)
    flags: dict[int, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    criteria: dict[int, dict[str, object]] = field(default_factory=dict)

    def put(self, record: Record, conversation_id: int, *, protocol: Protocol) -> Record:
        """Return the record with everything that is known of its conversation."""
        votes, reviews = self.votes.get(conversation_id, {}), self.reviews.get(conversation_id, {})

        def reviewed(utterance: Utterance, number: int) -> Utterance:
            labels = (protocol.strategy(key).corpus_label for key in votes.get(number, ()))
            return replace(utterance, votes=tuple(labels), review=reviews.get(number))

        return replace(
            record,
            survey=replace(record.survey, intensity_review=self.intensity.get(conversation_id)),
            utterances=tuple(
                reviewed(utterance, number) if number in votes or number in reviews else utterance
                for number, utterance in enumerate(record.utterances, start=1)
            ),
            flags=self.flags.get(conversation_id, {}),
            criteria=self.criteria.get(conversation_id, {}),
        )


def release_details(conversations: QuerySet[Conversation], assessments: Mapping[int, int]) -> Details:
    """Return what is known of the conversations; `assessments` has the one that counts by conversation."""
    details = Details()
    # What gold items say is about the reviewers: the answer was known.
    items = ReviewItem.objects.filter(conversation__in=conversations).exclude(entry=Entry.GOLD)
    votes = ReviewVote.objects.filter(item__in=items, undone_at=None).order_by("pk")
    for pk, number, label in votes.values_list("item__conversation", "item__utterance__ordinal", "label"):
        details.votes.setdefault(pk, {}).setdefault(number, []).append(label)
    decided = dict(ReviewDecision.objects.filter(item__in=items).values_list("item", "action"))
    settled = items.filter(state=ReviewState.SETTLED).values_list("pk", "conversation", "utterance__ordinal")
    for item, pk, number in settled:
        details.reviews.setdefault(pk, {})[number] = decided.get(item, AGREED)
    for pk, name, ordinals in ConversationFlag.objects.filter(conversation__in=conversations).values_list(
        "conversation", "name", "ordinals"
    ):
        # The explanation stays: it names other conversations.
        details.flags.setdefault(pk, {})[name] = tuple(ordinal - 1 for ordinal in ordinals)
    current = list(assessments.values())
    # Reviewers may disagree before they agree: what the last one said is what settled it.
    details.intensity = dict(
        IntensityDecision.objects.filter(assessment__in=current)
        .order_by("pk")
        .values_list("assessment__conversation", "action")
    )
    for pk, criteria in Assessment.objects.filter(pk__in=current).values_list("conversation", "criteria"):
        details.criteria[pk] = {c["name"]: _criterion(c) for c in criteria}
    return details


def _criterion(stored: Mapping[str, Any]) -> dict[str, object]:
    return {name: stored[name] for name in ("value", "threshold", "met")}


class Pseudonyms:
    """Names that hold in one release alone: conversations and people are numbered as they come in it.

    So the same snapshot gives the same bytes, and a name says nothing beyond the file that it stands in.
    """

    def __init__(self, conversations: QuerySet[Conversation]) -> None:
        self._people: dict[int, str] = {}
        self._count = 0
        self._seats = {
            (pk, role): participant
            for pk, role, participant in Seat.objects.filter(
                conversation__in=conversations, participation__isnull=False
            ).values_list("conversation", "role", "participation__participant")
        }

    def put(self, record: Record, conversation_id: int) -> Record:
        """Return the record under its names; seats without a person have none."""
        self._count += 1
        return replace(
            record,
            id=f"c{self._count:05}",
            seeker_id=self._person(conversation_id, "seeker"),
            supporter_id=self._person(conversation_id, "supporter"),
        )

    def _person(self, conversation_id: int, role: str) -> str | None:
        participant = self._seats.get((conversation_id, role))
        if participant is None:
            return None
        return self._people.setdefault(participant, f"p{len(self._people) + 1:05}")
