"""Reads of the comparison campaigns: how far each is, its answers, its conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from collection.api import Conversation, conversations_facts
from corpus.record import Conversation as Record
from modeling.domain.answers import Answer, Choice
from modeling.domain.campaign_lifecycle import OPEN_PAIRS, PairState
from modeling.models import Campaign, Pair
from modeling.services.campaigns import inside


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is."""

    answered: int
    inside: int
    """Who came in and is on the way, before the first conversation too."""
    over: int
    """Completed beyond the quota, by people who were inside when it was reached."""
    stopped: dict[tuple[str, str], int]
    """Pairs that were not completed, by (state, the state in which they stopped)."""
    orders: dict[str, int]
    """Completed pairs by order, in the words "one, then other"."""
    balanced: bool
    """Whether every order has been completed equally often."""


def campaign_list() -> QuerySet[Campaign]:
    """Return all campaigns, newest first."""
    return Campaign.objects.select_related("study").prefetch_related("arms__agent")


def campaign_get(slug: str) -> Campaign | None:
    """Return a campaign by its study's short name."""
    return (
        Campaign.objects.select_related("study__protocol_version")
        .prefetch_related("arms__agent", "steps")
        .filter(study__slug=slug)
        .first()
    )


def agents_of(campaign: Campaign) -> list[str]:
    """Return the partners' names in the campaign's order; the first is the system under test."""
    return [arm.label for arm in campaign.arms.all()]


def questions_of(campaign: Campaign) -> dict[str, str]:
    """Return the names of the questions by key, in order."""
    comparison = campaign.study.protocol_version.protocol.comparison
    assert comparison is not None
    return {question.key: question.name for question in comparison.questions}


def pairs_answered(campaign: Campaign) -> QuerySet[Pair]:
    """Return the completed pairs, the only ones that are analysed."""
    return (
        campaign.pairs.filter(state=PairState.ANSWERED)
        .select_related("first__agent", "second__agent", "participation__consent")
        .order_by("place", "pk")
    )


def progress_of(campaign: Campaign) -> Progress:
    """Return how far a campaign is."""
    done = list(pairs_answered(campaign))
    # Every order that the design knows counts, also one that nobody has completed yet.
    arms = list(campaign.arms.all())
    orders = Counter({(a.pk, b.pk): 0 for a in arms for b in arms if a != b})
    orders.update((pair.first_id, pair.second_id) for pair in done)
    label = {arm.pk: arm.label for arm in arms}
    over = campaign.pairs.exclude(state__in=[*OPEN_PAIRS, PairState.ANSWERED])
    return Progress(
        answered=len(done),
        inside=inside(campaign),
        over=max(0, len(done) - campaign.quota),
        stopped=dict(sorted(Counter(over.values_list("state", "stopped_at")).items())),
        orders={f"{label[a]}, then {label[b]}": count for (a, b), count in orders.items()},
        balanced=len(set(orders.values())) == 1,
    )


def answers_of(campaign: Campaign) -> list[Answer]:
    """Return every answer of the completed pairs, in the order of the places."""
    names = questions_of(campaign)
    # Both conversations go on from the same answers; the first one holds them as they were given.
    surveys = "first_conversation__pre_chat_survey"
    return [
        Answer(
            pair=str(pair.place + 1),
            question=names[answer.question],
            choice=Choice(answer.choice),
            first=pair.first.label,
            second=pair.second.label,
            problem=survey_of(pair)["problem"],
            emotion=survey_of(pair)["emotion"],
        )
        for pair in pairs_answered(campaign).select_related(surveys).prefetch_related("answers")
        for answer in pair.answers.all()
    ]


def records_of(campaign: Campaign, *, arm_id: int) -> Iterator[Record]:
    """Yield one partner's conversations of the completed pairs, in the corpus's form."""
    done = pairs_answered(campaign)
    firsts = done.filter(first=arm_id).values_list("first_conversation", flat=True)
    seconds = done.filter(second=arm_id).values_list("second_conversation", flat=True)
    conversations = Conversation.objects.filter(pk__in=[*firsts, *seconds]).order_by("pk")
    for facts in conversations_facts(conversations):
        yield facts.record


def survey_of(pair: Pair) -> dict[str, str]:
    """Return what the participant said before the first conversation; empty after a withdrawal."""
    survey = getattr(pair.first_conversation, "pre_chat_survey", None)
    names = ("problem", "emotion", "situation")
    return {name: getattr(survey, name) if survey is not None else "" for name in names}
